//! macOS tells by notifications: of sleep those of the workspace, of the lock those that the login window posts to every
//! application. The latter have no name in a header; `com.apple.screenIsLocked` has been theirs since macOS 10.7.

use objc2::{AllocAnyThread as _, DefinedClass as _, MainThreadMarker, define_class, msg_send, rc::Retained, sel};
use objc2_app_kit::{NSWorkspace, NSWorkspaceDidWakeNotification, NSWorkspaceWillSleepNotification};
use objc2_foundation::{
    NSDistributedNotificationCenter, NSNotification, NSNotificationSuspensionBehavior, NSObject, NSString, ns_string,
};

use super::Sign;

type Tell = Box<dyn Fn(Sign)>;

define_class!(
    // SAFETY: NSObject asks nothing of those who are made from it, and this one has no `Drop`.
    #[unsafe(super(NSObject))]
    #[ivars = Tell]
    struct Listener;

    impl Listener {
        // SAFETY: The selector has one argument, which is a notification, and nothing is given back.
        #[unsafe(method(screenIsLocked:))]
        fn locked(&self, _notification: &NSNotification) {
            (self.ivars())(Sign::Locked);
        }

        // SAFETY: As above.
        #[unsafe(method(screenIsUnlocked:))]
        fn unlocked(&self, _notification: &NSNotification) {
            (self.ivars())(Sign::Unlocked);
        }

        // SAFETY: As above.
        #[unsafe(method(willSleep:))]
        fn asleep(&self, _notification: &NSNotification) {
            (self.ivars())(Sign::Asleep);
        }

        // SAFETY: As above.
        #[unsafe(method(didWake:))]
        fn awake(&self, _notification: &NSNotification) {
            (self.ivars())(Sign::Awake);
        }
    }
);

impl Listener {
    fn new(tell: Tell) -> Retained<Self> {
        let this = Self::alloc().set_ivars(tell);
        // SAFETY: `init` of NSObject takes nothing and gives back what it was called on.
        unsafe { msg_send![super(this), init] }
    }
}

/// Follows what the desktop says, for as long as the program runs.
///
/// # Errors
/// Off the main thread, which is the one that the system tells.
pub fn follow(tell: impl Fn(Sign) + Send + 'static) -> std::io::Result<()> {
    if MainThreadMarker::new().is_none() {
        return Err(std::io::Error::other("the main thread alone is told by the desktop"));
    }
    let listener = Listener::new(Box::new(tell));
    let everybody = NSDistributedNotificationCenter::defaultCenter();
    let locks: [(&NSString, _); 2] = [
        (ns_string!("com.apple.screenIsLocked"), sel!(screenIsLocked:)),
        (ns_string!("com.apple.screenIsUnlocked"), sel!(screenIsUnlocked:)),
    ];
    for (name, selector) in locks {
        // Applications that are not in front are told late otherwise.
        let at_once = NSNotificationSuspensionBehavior::DeliverImmediately;
        // SAFETY: The listener has a method of this name that takes a notification.
        unsafe {
            everybody.addObserver_selector_name_object_suspensionBehavior(
                &listener,
                selector,
                Some(name),
                None,
                at_once,
            );
        }
    }
    let workspace = NSWorkspace::sharedWorkspace().notificationCenter();
    // SAFETY: A constant of the framework, which is there as long as the program.
    let will_sleep = unsafe { NSWorkspaceWillSleepNotification };
    // SAFETY: As above.
    let did_wake = unsafe { NSWorkspaceDidWakeNotification };
    for (name, selector) in [(will_sleep, sel!(willSleep:)), (did_wake, sel!(didWake:))] {
        // SAFETY: The listener has a method of this name that takes a notification.
        unsafe { workspace.addObserver_selector_name_object(&listener, selector, Some(name), None) };
    }
    // The centers hold nobody who listens: it stays for good.
    std::mem::forget(listener);
    Ok(())
}
