//! Windows tells a window. This one is never shown, and has a thread of its own to wait for what it is told.

use std::{cell::RefCell, io, mem, ptr, sync::mpsc, thread};

use windows_sys::{
    Win32::{
        Foundation::{HWND, LPARAM, LRESULT, WPARAM},
        System::{
            LibraryLoader::GetModuleHandleW, Power::RegisterSuspendResumeNotification,
            RemoteDesktop::WTSRegisterSessionNotification,
        },
        UI::WindowsAndMessaging::{
            ASFW_ANY, AllowSetForegroundWindow, CreateWindowExW, DEVICE_NOTIFY_WINDOW_HANDLE, DefWindowProcW,
            DispatchMessageW, GetMessageW, HWND_MESSAGE, MSG, PBT_APMRESUMEAUTOMATIC, PBT_APMSUSPEND, RegisterClassW,
            WM_POWERBROADCAST, WM_WTSSESSION_CHANGE, WNDCLASSW,
        },
    },
    core::PCWSTR,
    w,
};

use super::Sign;

/// Name of the kind of window.
const CLASS: PCWSTR = w!("FrontdeskDesktopSigns");
/// `NOTIFY_FOR_THIS_SESSION` of `wtsapi32.h`.
const THIS_SESSION: u32 = 0;
/// `WTS_SESSION_LOCK` of `winuser.h`.
const SESSION_LOCK: usize = 7;
/// `WTS_SESSION_UNLOCK` of `winuser.h`.
const SESSION_UNLOCK: usize = 8;

thread_local! {
    /// Whom the window of this thread tells.
    static TELL: RefCell<Option<Box<dyn Fn(Sign)>>> = const { RefCell::new(None) };
}

/// Follows what the desktop says, for as long as the program runs.
///
/// # Errors
/// Windows gives no window, or does not tell it.
pub fn follow(tell: impl Fn(Sign) + Send + 'static) -> io::Result<()> {
    let (begun, begins) = mpsc::channel();
    thread::Builder::new().name("desktop-signs".to_owned()).spawn(move || {
        TELL.set(Some(Box::new(tell)));
        let opened = open();
        let listens = opened.is_ok();
        let _nobody_waits = begun.send(opened.map(drop));
        if listens {
            hand_on();
        }
    })?;
    begins.recv().map_err(|_| io::Error::other("the thread ended at once"))?
}

/// Lets another program put its window in front of everything, as this one might.
pub fn give_way() {
    // SAFETY: Nothing but a number is handed over. Where the person does something else meanwhile, nothing happens.
    unsafe { AllowSetForegroundWindow(ASFW_ANY) };
}

/// Opens the window of this thread, and asks that it be told.
fn open() -> io::Result<HWND> {
    // SAFETY: Asks for the program itself, which stays where it is.
    let program = unsafe { GetModuleHandleW(ptr::null()) };
    let class = WNDCLASSW { lpfnWndProc: Some(hear), hInstance: program, lpszClassName: CLASS, ..Default::default() };
    // SAFETY: The description is whole, and its name and procedure are there as long as the program. That the class is
    // there already changes nothing.
    unsafe { RegisterClassW(&raw const class) };
    // SAFETY: The class is there; a window for messages has neither title, menu nor place, and is given nothing.
    let window = unsafe {
        CreateWindowExW(0, CLASS, ptr::null(), 0, 0, 0, 0, 0, HWND_MESSAGE, ptr::null_mut(), program, ptr::null())
    };
    if window.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: The window is this thread's, and stays open until the thread ends.
    if unsafe { WTSRegisterSessionNotification(window, THIS_SESSION) } == 0 {
        return Err(io::Error::last_os_error());
    }
    // A window for messages is not told what all windows are told, and has to ask for it.
    // SAFETY: As above. What is given back would end it, and it ends with the program.
    if unsafe { RegisterSuspendResumeNotification(window, DEVICE_NOTIFY_WINDOW_HANDLE) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(window)
}

/// Hands what comes to the window on to it, until there is nothing more.
fn hand_on() {
    // SAFETY: A message is numbers and addresses that may all be zero.
    let mut message: MSG = unsafe { mem::zeroed() };
    loop {
        // SAFETY: The message is there to be written to.
        let come = unsafe { GetMessageW(&raw mut message, ptr::null_mut(), 0, 0) };
        // Zero is the end, and below is a failure that would come again.
        if come <= 0 {
            return;
        }
        // SAFETY: It is as the system wrote it.
        unsafe { DispatchMessageW(&raw const message) };
    }
}

unsafe extern "system" fn hear(window: HWND, message: u32, word: WPARAM, long: LPARAM) -> LRESULT {
    match sign(message, word) {
        Some(sign) => {
            TELL.with_borrow(|tell| tell.iter().for_each(|tell| tell(sign)));
            1
        }
        // SAFETY: What was not for us goes on as it came.
        None => unsafe { DefWindowProcW(window, message, word, long) },
    }
}

/// What a message says. That the computer is awake comes with every end of sleep, whoever ended it.
fn sign(message: u32, word: WPARAM) -> Option<Sign> {
    const SUSPEND: WPARAM = PBT_APMSUSPEND as WPARAM;
    const RESUME: WPARAM = PBT_APMRESUMEAUTOMATIC as WPARAM;
    match (message, word) {
        (WM_WTSSESSION_CHANGE, SESSION_LOCK) => Some(Sign::Locked),
        (WM_WTSSESSION_CHANGE, SESSION_UNLOCK) => Some(Sign::Unlocked),
        (WM_POWERBROADCAST, SUSPEND) => Some(Sign::Asleep),
        (WM_POWERBROADCAST, RESUME) => Some(Sign::Awake),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::UI::WindowsAndMessaging::{FindWindowExW, SendMessageW, WM_CLOSE};

    use super::*;

    #[test]
    fn the_window_says_what_it_is_told_and_nothing_else() {
        let (tell, told) = mpsc::channel();
        follow(move |sign| tell.send(sign).expect("the test listens")).expect("a window");
        // SAFETY: Looks for a window by the name of its class.
        let window = unsafe { FindWindowExW(HWND_MESSAGE, ptr::null_mut(), CLASS, ptr::null()) };
        assert!(!window.is_null());
        let suspend = PBT_APMSUSPEND as WPARAM;
        let messages = [
            (WM_WTSSESSION_CHANGE, SESSION_LOCK),
            (WM_WTSSESSION_CHANGE, SESSION_LOCK - 1),
            (WM_POWERBROADCAST, suspend),
            (WM_POWERBROADCAST, PBT_APMRESUMEAUTOMATIC as WPARAM),
            (WM_CLOSE + 1, suspend),
            (WM_WTSSESSION_CHANGE, SESSION_UNLOCK),
        ];
        for (message, word) in messages {
            // SAFETY: The window is open, and these messages carry nothing but a number.
            unsafe { SendMessageW(window, message, word, 0) };
        }
        let heard: Vec<_> = told.try_iter().collect();
        assert_eq!(heard, [Sign::Locked, Sign::Asleep, Sign::Awake, Sign::Unlocked]);
    }
}
