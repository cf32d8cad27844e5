use std::io::{Read as _, Write as _};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use windows_sys::Win32::Security::Authorization::ConvertSecurityDescriptorToStringSecurityDescriptorW;
use windows_sys::Win32::Security::DACL_SECURITY_INFORMATION;

use super::*;

/// What the system says of an owner whom this user cannot name.
const INVALID_OWNER: i32 = 1307;

#[tokio::test]
async fn sec_101_the_pipe_is_the_users_alone() {
    let pipe = Pipe::listen().unwrap();
    let client = open(pipe.path()).unwrap();
    let list = list_of(&client);
    assert!(list.contains(&this_user().unwrap()), "{list}");
    // Nothing is inherited, and nobody else is named.
    assert!(list.starts_with("D:P(A;"), "{list}");
    assert_eq!(list.matches('(').count(), 1, "{list}");
}

#[tokio::test]
async fn sec_101_a_pipe_that_somebody_else_made_is_not_spoken_to() {
    let ours = Pipe::listen().unwrap();
    assert_eq!(owner_of(&open(ours.path()).unwrap()).unwrap(), this_user().unwrap());

    // Of the same list, but of the system's own user. Where that takes more rights than this user has, nobody like this
    // user could make one.
    let user = this_user().unwrap();
    let mut theirs = Pipe {
        path: PathBuf::from(format!(r"\\.\pipe\frontdesk-theirs-{:016x}", drawn())),
        allowed: Allowed::parsed(&format!("O:SYD:P(A;;GA;;;{user})")).unwrap(),
        waiting: JoinSet::new(),
    };
    match theirs.wait_for_one(true) {
        Ok(()) => assert_eq!(open(&theirs.path).unwrap_err().kind(), io::ErrorKind::PermissionDenied),
        Err(error) => assert_eq!(error.raw_os_error(), Some(INVALID_OWNER), "{error}"),
    }
}

#[tokio::test]
async fn many_who_come_at_once_are_all_let_in_and_answered() {
    let mut pipe = Pipe::listen().unwrap();
    let callers: Vec<_> = (0..WAITING)
        .map(|number| {
            let path = pipe.path().to_owned();
            tokio::task::spawn_blocking(move || {
                let mut stream = open(&path)?;
                stream.write_all(&[u8::try_from(number).unwrap()])?;
                let mut answer = [0];
                stream.read_exact(&mut answer)?;
                io::Result::Ok((number, usize::from(answer[0])))
            })
        })
        .collect();
    for _ in 0..WAITING {
        let mut stream = pipe.accept().await.unwrap();
        tokio::spawn(async move {
            let asked = stream.read_u8().await.unwrap();
            stream.write_u8(asked + 100).await.unwrap();
            stream.flush().await.unwrap();
            // Until the other side has read it.
            let _gone = stream.read_u8().await;
        });
    }
    for caller in callers {
        let (number, answer) = caller.await.unwrap().unwrap();
        assert_eq!(answer, number + 100);
    }
    // The door stays open.
    let again = open(pipe.path()).unwrap();
    pipe.accept().await.unwrap();
    drop(again);
}

#[tokio::test]
async fn each_pipe_has_a_name_of_its_own_and_goes_with_its_owner() {
    let (one, two) = (Pipe::listen().unwrap(), Pipe::listen().unwrap());
    assert_ne!(one.path(), two.path());
    let path = one.path().to_owned();
    drop(one);
    // What waited at it ends when the runtime gets to it.
    while open(&path).is_ok() {
        tokio::task::yield_now().await;
    }
}

/// Who may open what is open here, as Windows writes it.
fn list_of(file: &File) -> String {
    let mut list = ptr::null_mut();
    // SAFETY: The handle is open, and there is a place for the one answer that is asked for.
    let told = unsafe {
        GetSecurityInfo(
            file.as_raw_handle(),
            SE_KERNEL_OBJECT,
            DACL_SECURITY_INFORMATION,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut list,
        )
    };
    assert_eq!(told, 0);
    let (mut text, mut length) = (ptr::null_mut(), 0);
    // SAFETY: The list is as the system made it, and there are places for text and length.
    let written = unsafe {
        ConvertSecurityDescriptorToStringSecurityDescriptorW(
            list,
            SDDL_REVISION_1,
            DACL_SECURITY_INFORMATION,
            &raw mut text,
            &raw mut length,
        )
    };
    assert_ne!(written, 0);
    // SAFETY: The text is as long as was told. It ends with the test's process.
    let text = unsafe { slice::from_raw_parts(text, length as usize) };
    String::from_utf16_lossy(text).trim_end_matches('\0').to_owned()
}
