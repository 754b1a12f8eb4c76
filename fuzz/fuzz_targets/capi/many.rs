//! The entry points for many users and for devices that are only read: options, names, and NULL in place of handles.

use std::ptr;

#[allow(clippy::wildcard_imports)]
use crate::generated::ffi::*;
use crate::generated::tables;
use crate::{Words, checked, pointer, read};

pub(crate) fn run_option_text(errors: bool, options: Handle, which: u8, words: &Words, other: &Words) {
    let (words, other) = (words.c(), other.c());
    let (text, other) = (pointer(words.as_ref()), pointer(other.as_ref()));
    let Some(set) = tables::RUN_OPTION_TEXTS.get(usize::from(which) % (tables::RUN_OPTION_TEXTS.len() + 1)) else {
        let status = checked(errors, |error| unsafe {
            graph_run_options_set_input_list(options, text, other, error)
        });
        return assert!(status == 1 || !options.is_null() && !text.is_null());
    };
    let status = checked(errors, |error| unsafe { set(options, text, error) });
    assert!(status == 1 || !options.is_null() && !text.is_null());
}

pub(crate) fn run_option_number(errors: bool, options: Handle, which: u8, number: i32, window: i64) {
    let count = tables::RUN_OPTION_NUMBERS.len();
    let which = usize::from(which) % (count + 4);
    let Some(set) = tables::RUN_OPTION_NUMBERS.get(which) else {
        let status = checked(errors, |error| unsafe {
            match which - count {
                0 => graph_run_options_set_write_quota(options, number, window, error),
                1 => graph_run_options_set_read_quota(options, number, window, error),
                2 => graph_run_options_set_deadline_ms(options, window, error),
                _ => graph_run_options_set_preview(options, error),
            }
        });
        return assert!(status == 1 || !options.is_null());
    };
    let status = checked(errors, |error| unsafe { set(options, number, error) });
    assert!(status == 1 || !options.is_null() && number >= 0);
}

pub(crate) fn names(number: i32) {
    for (name, known) in unsafe {
        [
            (graph_verdict_name(number), 0..5),
            (graph_notice_kind_name(number), 0..3),
            (graph_severity_name(number), 0..3),
            (graph_event_kind_name(number), 0..8),
        ]
    } {
        let name = read(name).expect("never NULL");
        assert!(!name.is_empty());
        assert!(
            known.contains(&number) || name.starts_with("unknown"),
            "{number}: {name}"
        );
    }
    assert!(unsafe { read(graph_warning_code_name(number)) }.is_some_and(|name| !name.is_empty()));
}

/// NULL where a handle is read or freed, with any number beside it.
pub(crate) fn absent(number: i32) {
    let null = ptr::null_mut();
    unsafe {
        for text in [
            graph_device_id(null),
            graph_device_name(null),
            graph_device_managed_name(null),
            graph_device_operating_system(null),
            graph_device_os_version(null),
            graph_device_serial_number(null),
            graph_device_model(null),
            graph_device_manufacturer(null),
            graph_device_owner_type(null),
            graph_device_state(null),
            graph_device_management_agent(null),
            graph_device_enrollment_type(null),
            graph_device_registration_state(null),
            graph_device_compliance_state(null),
            graph_device_enrolled(null),
            graph_device_last_sync(null),
            graph_device_certificate_expires(null),
            graph_device_entra_device_id(null),
            graph_device_user_id(null),
            graph_device_user_principal_name(null),
            graph_device_email_address(null),
            graph_warning_message(null),
            graph_event_id(null),
            graph_event_detail(null),
            graph_event_message(null),
            graph_event_custom_endpoint(null),
            graph_verified_device_id(null),
            graph_verified_device_name(null),
            graph_verified_device_state(null),
            graph_verified_device_since(null),
            graph_verified_device_detail(null),
        ] {
            assert!(text.is_null());
        }
        for handle in [
            graph_device_list_get(null, number),
            graph_device_list_warning(null, number),
            graph_device_warning(null, number),
            graph_event_devices(null),
            graph_event_verified_device(null, number),
        ] {
            assert!(handle.is_null());
        }
        for count in [
            graph_device_list_count(null),
            graph_device_list_warning_count(null),
            graph_device_warning_count(null),
            graph_event_verified_count(null),
        ] {
            assert_eq!(count, 0);
        }
        assert_eq!(graph_event_verdict_count(null, number), 0);
        let _ = (
            graph_device_is_encrypted(null),
            graph_device_is_supervised(null),
            graph_device_entra_registered(null),
            graph_warning_id(null),
            graph_warning_severity(null),
            graph_event_verdict(null),
            graph_event_notice_kind(null),
            graph_verified_device_verdict(null),
            graph_event_duplicates(null),
            graph_event_progress_done(null),
            graph_event_progress_given(null),
            graph_event_progress_users_per_hour(null),
            graph_event_progress_remaining_ms(null),
        );
        let mut run = ptr::dangling_mut::<u8>().cast();
        assert_eq!(
            graph_run_start_verify(null, ptr::null(), null, &raw mut run, ptr::null_mut()),
            1
        );
        assert!(run.is_null());
        graph_device_list_free(null);
    }
}
