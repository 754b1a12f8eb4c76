//! One function for each group of entry points. Handles are NULL or live, strings NULL or NUL-terminated: that is all that
//! the header asks, and what every `unsafe` here rests on.

use std::ptr;
use std::sync::OnceLock;

use graph_core::{Token, UserId};

#[allow(clippy::wildcard_imports)]
use crate::generated::ffi::*;
use crate::generated::tables;
use crate::{Words, checked, pointer, read};

/// An error says its status in one line, and nothing of an answer that never was.
pub(crate) fn look_at_error(error: Handle, status: i32) {
    unsafe {
        assert_eq!(graph_error_status(error), status);
        assert_eq!(graph_error_effect(error), 0);
        assert_eq!(graph_error_http_status(error), -1);
        assert_eq!(graph_error_attempts(error), 0);
        assert_eq!(graph_error_retry_after_ms(error), -1);
        for text in tables::ERROR_TEXTS {
            let text = text(error);
            assert!(text.is_null());
        }
        match read(graph_error_message(error)) {
            None => assert!(error.is_null()),
            Some(message) => {
                assert!(
                    !message.is_empty() && !message.contains(char::is_control),
                    "{message:?}"
                );
            }
        }
    }
}

pub(crate) fn option_text(errors: bool, options: Handle, which: u8, words: &Words) {
    let words = words.c();
    let text = pointer(words.as_ref());
    let count = u8::try_from(tables::OPTION_TEXTS.len()).unwrap_or(u8::MAX);
    let set = match tables::OPTION_TEXTS.get(usize::from(which % (count + 2))) {
        Some(set) => *set,
        // The one text that may be absent.
        None if which % (count + 2) == count => {
            let status = checked(errors, |error| unsafe {
                graph_options_set_endpoint_variable_value(options, text, error)
            });
            return assert!(status == 1 || !options.is_null());
        }
        None => {
            let status = checked(errors, |error| unsafe {
                graph_options_set_endpoint_from_environment(options, error)
            });
            return assert_eq!(status == 1, options.is_null());
        }
    };
    let status = checked(errors, |error| unsafe { set(options, text, error) });
    assert!(status == 1 || !options.is_null() && !text.is_null());
}

pub(crate) fn option_number(errors: bool, options: Handle, which: u8, one: i64, two: i64) {
    let status = checked(errors, |error| unsafe {
        match tables::OPTION_TIMES.get(usize::from(which) % (tables::OPTION_TIMES.len() + 2)) {
            Some(set) => set(options, one, error),
            #[allow(clippy::cast_possible_truncation)]
            None if which % 2 == 0 => graph_options_set_max_attempts(options, one as i32, error),
            None => graph_options_set_backoff_ms(options, one, two, error),
        }
    });
    assert!(status == 1 || !options.is_null());
}

pub(crate) fn call_option_text(errors: bool, options: Handle, which: u8, words: &Words) {
    let words = words.c();
    let text = pointer(words.as_ref());
    let set = tables::CALL_OPTION_TEXTS[usize::from(which) % tables::CALL_OPTION_TEXTS.len()];
    let status = checked(errors, |error| unsafe { set(options, text, error) });
    assert!(status == 1 || !options.is_null() && !text.is_null());
}

pub(crate) fn call_option_deadline(errors: bool, options: Handle, number: i64) {
    let status = checked(errors, |error| unsafe {
        graph_call_options_set_deadline_ms(options, number, error)
    });
    assert_eq!(status == 0, (1..=86_400_000).contains(&number));
}

pub(crate) fn names(number: i32) {
    unsafe {
        assert_ne!(graph_abi_version(), 0);
        assert!(read(graph_version()).is_some_and(|text| !text.is_empty()));
        for (name, known) in [
            (graph_status_name(number), 0..18),
            (graph_status_message(number), 0..18),
            (graph_effect_name(number), 0..2),
            (graph_outcome_name(number), 0..6),
        ] {
            let name = read(name).expect("never NULL");
            let unknown = name.starts_with("unknown") || name.contains("no status");
            // One of the outcomes has the name `unknown`.
            assert!(
                unknown != known.contains(&number) || name == "unknown" && number == 4,
                "{name}"
            );
        }
        assert!(!graph_reason_name(number).is_null());
    }
}

/// NULL where a handle is read, freed or stopped.
pub(crate) fn absent(number: i32) {
    let null = ptr::null_mut();
    unsafe {
        look_at_error(null, 0);
        for text in [
            graph_receipt_user(null),
            graph_receipt_request_id(null),
            graph_receipt_client_request_id(null),
            graph_receipt_date(null),
            graph_receipt_custom_endpoint(null),
            graph_event_user(null),
            graph_event_claims(null),
            graph_event_text(null),
        ] {
            assert!(text.is_null());
        }
        assert_eq!(graph_receipt_attempts(null), 0);
        assert_eq!(graph_receipt_elapsed_ms(null), -1);
        assert_eq!(graph_event_type(null), 0);
        assert_eq!(graph_event_count(null, number), 0);
        assert_eq!(graph_event_ended_by(null), 0);
        assert!(graph_event_receipt(null).is_null() && graph_event_error(null).is_null());
        let _ = (graph_event_outcome(null), graph_event_reason(null));
        let statuses = [
            graph_client_set_token(null, ptr::null(), ptr::null_mut()),
            graph_client_new(null, ptr::null(), ptr::null_mut(), ptr::null_mut()),
            graph_run_start(null, null, ptr::null_mut(), ptr::null_mut()),
            graph_run_add_user(null, ptr::null(), ptr::null_mut()),
            graph_run_end_users(null, ptr::null_mut()),
            graph_run_next(null, number.into(), ptr::null_mut(), ptr::null_mut()),
            graph_run_set_token(null, ptr::null(), ptr::null_mut()),
        ];
        assert_eq!(statuses, [1; 7]);
        graph_run_stop(null);
        graph_run_free(null);
        graph_run_options_free(null);
        graph_client_free(null);
        graph_event_free(null);
        graph_receipt_free(null);
        graph_error_free(null);
    }
}

fn is_token(words: &Words) -> bool {
    words
        .c()
        .is_some_and(|text| text.to_str().is_ok_and(|text| Token::new(text).is_ok()))
}

fn is_user(words: &Words) -> bool {
    words
        .c()
        .is_some_and(|text| text.to_str().is_ok_and(|text| UserId::parse(text).is_ok()))
}

/// A client with the options as they are by now.
pub(crate) fn client(errors: bool, options: Handle, token: &Words) {
    let text = token.c();
    let mut made = ptr::dangling_mut::<u8>().cast();
    let status = checked(errors, |error| unsafe {
        graph_client_new(options, pointer(text.as_ref()), &raw mut made, error)
    });
    assert_eq!(made.is_null(), status != 0);
    assert!(status == 1 || is_token(token));
    unsafe { graph_client_free(made) };
}

/// One client for all inputs. Nothing is sent with it; if anything were, it would go to a closed port of this machine.
pub(crate) fn shared() -> Handle {
    static CLIENT: OnceLock<usize> = OnceLock::new();
    let address = CLIENT.get_or_init(|| unsafe {
        let options = graph_options_new();
        let endpoint = c"http://127.0.0.1:1".as_ptr();
        assert_eq!(graph_options_set_endpoint(options, endpoint, ptr::null_mut()), 0);
        let mut client = ptr::null_mut();
        let token = c"demo-token".as_ptr();
        assert_eq!(
            graph_client_new(options, token, &raw mut client, ptr::null_mut()),
            0
        );
        graph_options_free(options);
        client.expose_provenance()
    });
    ptr::with_exposed_provenance_mut(*address)
}

pub(crate) fn token(errors: bool, words: &Words) {
    let text = words.c();
    let status = checked(errors, |error| unsafe {
        graph_client_set_token(shared(), pointer(text.as_ref()), error)
    });
    assert_eq!(status == 0, is_token(words));
}

/// Calls that would send, with an argument that is refused before.
pub(crate) fn refused(errors: bool, options: Handle, token: &Words, user: &Words) {
    let (token_text, user_text) = (token.c(), user.c());
    if !is_user(user) {
        let mut receipt = ptr::dangling_mut::<u8>().cast();
        let status = checked(errors, |error| unsafe {
            let user = pointer(user_text.as_ref());
            graph_client_remove_all_devices(shared(), user, options, &raw mut receipt, error)
        });
        assert!(status == 1 && receipt.is_null());
        let mut devices = ptr::dangling_mut::<u8>().cast();
        let status = checked(errors, |error| unsafe {
            let user = pointer(user_text.as_ref());
            graph_client_managed_devices(shared(), user, options, &raw mut devices, error)
        });
        assert!(status == 1 && devices.is_null());
    }
    if !is_user(user) || !is_token(token) {
        let (token, user) = (pointer(token_text.as_ref()), pointer(user_text.as_ref()));
        assert_eq!(unsafe { graph_remove_all_devices(token, user) }, 1);
        assert_eq!(unsafe { graph_remove_all_devices_with_environment(token, token, user) }, 1);
    }
}

/// A run over texts that are no users: a failed row for each, and no request.
pub(crate) fn run(errors: bool, users: &[Words], number: i64) {
    const DONE: i32 = 5;
    const FAILED: i32 = 3;
    let mut run = ptr::null_mut();
    let start = |error| unsafe { graph_run_start(shared(), ptr::null_mut(), &raw mut run, error) };
    assert_eq!(checked(errors, start), 0);
    let mut added = 0;
    for user in users.iter().filter(|user| !is_user(user)).take(8) {
        let text = user.c();
        let add = |error| unsafe { graph_run_add_user(run, pointer(text.as_ref()), error) };
        added += i64::from(checked(errors, add) == 0);
    }
    if number < 0 {
        let mut event = ptr::dangling_mut::<u8>().cast();
        let next = |error| unsafe { graph_run_next(run, number, &raw mut event, error) };
        assert!(checked(errors, next) == 1 && event.is_null());
    }
    assert_eq!(
        checked(errors, |error| unsafe { graph_run_end_users(run, error) }),
        0
    );
    loop {
        let mut event = ptr::null_mut();
        let next = |error| unsafe { graph_run_next(run, 60_000, &raw mut event, error) };
        assert!(checked(errors, next) == 0 && !event.is_null());
        unsafe {
            let kind = graph_event_type(event);
            if kind == DONE {
                assert_eq!(graph_event_count(event, FAILED), added);
            } else if !graph_event_user(event).is_null() {
                assert_eq!(graph_event_outcome(event), FAILED);
                assert!(graph_event_receipt(event).is_null());
                look_at_error(graph_event_error(event), 1);
            }
            graph_event_free(event);
            if kind == DONE {
                break;
            }
        }
    }
    unsafe { graph_run_free(run) };
}
