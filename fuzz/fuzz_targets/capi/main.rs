//! The C entry points that send nothing, with any bytes, numbers and NULLs: they answer ok or invalid argument, never
//! `internal`, and an error is complete, has a message of one line, and no effect. A panic behind the border ends the target.
#![no_main]

mod calls;
mod generated;
mod many;

use std::ffi::{CStr, CString};
use std::sync::OnceLock;
use std::time::Duration;
use std::{fs, ptr, thread};

use arbitrary::Arbitrary;
use generated::ffi::{self, Handle, Text};
use libfuzzer_sys::fuzz_target;

/// A string for C: its bytes up to the first NUL, or the NULL pointer.
#[derive(Arbitrary, Debug)]
pub(crate) struct Words(Option<Vec<u8>>);

impl Words {
    fn c(&self) -> Option<CString> {
        let bytes = self.0.as_ref()?;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        CString::new(&bytes[..end]).ok()
    }
}

pub(crate) fn pointer(text: Option<&CString>) -> Text {
    text.map_or(ptr::null(), |text| text.as_ptr())
}

#[derive(Arbitrary, Debug)]
enum Call {
    OptionText(u8, Words),
    OptionNumber(u8, i64, i64),
    NoOptions(u8, Words, i64),
    PerCallText(u8, Words),
    PerCallDeadline(i64),
    RunOptionText(u8, Words, Words),
    RunOptionNumber(u8, i32, i64),
    NoRunOptions(u8, Words, i32, i64),
    Name(i32),
    Absent(i32),
    Client(Words),
    Token(Words),
    Refused(Words, Words),
    Run(Vec<Words>, i64),
}

#[derive(Arbitrary, Debug)]
struct Input {
    takes_errors: bool,
    calls: Vec<Call>,
}

/// The status of a call that takes an error, after a look at the error.
pub(crate) fn checked(takes_errors: bool, call: impl FnOnce(*mut Handle) -> i32) -> i32 {
    let mut error: Handle = ptr::dangling_mut::<u8>().cast();
    let status = call(if takes_errors {
        &raw mut error
    } else {
        ptr::null_mut()
    });
    assert!(status == 0 || status == 1, "status {status}");
    if takes_errors {
        assert_eq!(error.is_null(), status == 0);
        calls::look_at_error(error, status);
        // SAFETY: NULL or the error just made, freed once.
        unsafe { ffi::graph_error_free(error) };
    }
    status
}

/// The text at a pointer that C got from the library.
pub(crate) fn read(text: Text) -> Option<String> {
    // SAFETY: NULL or a NUL-terminated string that its handle keeps.
    (!text.is_null()).then(|| {
        unsafe { CStr::from_ptr(text) }
            .to_str()
            .expect("UTF-8")
            .to_owned()
    })
}

/// How many threads this process has.
fn threads() -> usize {
    fs::read_dir("/proc/self/task")
        .expect("Linux lists the threads of a process")
        .count()
}

/// Waits until the threads on which freed clients close and runs end are gone: what they still hold is no leak, but the
/// sanitizer, which may look after each input, cannot see it.
fn wait_for_threads(number: usize) {
    while threads() > number {
        thread::sleep(Duration::from_micros(100));
    }
}

fuzz_target!(|input: Input| {
    static ALONE: OnceLock<usize> = OnceLock::new();
    let alone = *ALONE.get_or_init(|| {
        calls::shared();
        threads()
    });
    let errors = input.takes_errors;
    // SAFETY: made here, freed below.
    let (options, call_options, run_options) = unsafe {
        (
            ffi::graph_options_new(),
            ffi::graph_call_options_new(),
            ffi::graph_run_options_new(),
        )
    };
    for call in input.calls.iter().take(16) {
        match call {
            Call::OptionText(which, words) => calls::option_text(errors, options, *which, words),
            Call::OptionNumber(which, one, two) => {
                calls::option_number(errors, options, *which, *one, *two);
            }
            Call::NoOptions(which, words, number) => {
                calls::option_text(errors, ptr::null_mut(), *which, words);
                calls::option_number(errors, ptr::null_mut(), *which, *number, *number);
                calls::call_option_text(errors, ptr::null_mut(), *which, words);
            }
            Call::PerCallText(which, words) => {
                calls::call_option_text(errors, call_options, *which, words);
            }
            Call::PerCallDeadline(number) => {
                calls::call_option_deadline(errors, call_options, *number);
            }
            Call::RunOptionText(which, words, other) => {
                many::run_option_text(errors, run_options, *which, words, other);
            }
            Call::RunOptionNumber(which, number, window) => {
                many::run_option_number(errors, run_options, *which, *number, *window);
            }
            Call::NoRunOptions(which, words, number, window) => {
                many::run_option_text(errors, ptr::null_mut(), *which, words, words);
                many::run_option_number(errors, ptr::null_mut(), *which, *number, *window);
            }
            Call::Name(number) => {
                calls::names(*number);
                many::names(*number);
            }
            Call::Absent(number) => {
                calls::absent(*number);
                many::absent(*number);
            }
            Call::Client(words) => calls::client(errors, options, words),
            Call::Token(words) => calls::token(errors, words),
            Call::Refused(token, user) => calls::refused(errors, call_options, token, user),
            Call::Run(users, number) => calls::run(errors, users, *number),
        }
    }
    // SAFETY: made above, freed once.
    unsafe {
        ffi::graph_options_free(options);
        ffi::graph_call_options_free(call_options);
        ffi::graph_run_options_free(run_options);
    }
    wait_for_threads(alone);
});
