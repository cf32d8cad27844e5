//! A named pipe that one person alone can open, and only from this computer: what a Unix socket in a closed folder is
//! elsewhere.
//!
//! Names of pipes are seen by everybody, and whoever makes one first has it. So each pipe has a name that nobody could
//! know before, is refused where it is there already, and says in its own list who may come: the user of this process.
//! A name is free again once nobody has the pipe open any more, so whoever opens one looks whose it is.

use std::{
    ffi::c_void,
    fs::File,
    hash::{BuildHasher as _, RandomState},
    io,
    os::windows::{fs::OpenOptionsExt as _, io::AsRawHandle as _},
    path::{Path, PathBuf},
    ptr, slice,
};

use tokio::{
    net::windows::named_pipe::{NamedPipeServer, ServerOptions},
    task::JoinSet,
};
use windows_sys::Win32::{
    Foundation::{CloseHandle, HANDLE, LocalFree},
    Security::{
        Authorization::{
            ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, GetSecurityInfo,
            SDDL_REVISION_1, SE_KERNEL_OBJECT,
        },
        GetTokenInformation, OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, SECURITY_ATTRIBUTES, TOKEN_QUERY,
        TOKEN_USER, TokenUser,
    },
    Storage::FileSystem::SECURITY_IDENTIFICATION,
    System::Threading::{GetCurrentProcess, OpenProcessToken},
};

/// How many may come at the same moment: whoever finds none waiting is sent away by the system.
const WAITING: usize = 16;

/// A pipe that is listened at.
#[derive(Debug)]
pub struct Pipe {
    path: PathBuf,
    allowed: Allowed,
    waiting: JoinSet<io::Result<NamedPipeServer>>,
}

impl Pipe {
    /// Listens at a pipe of a new name. Has to be called where tasks can be started.
    ///
    /// # Errors
    /// The system does not say whose process this is, or gives no pipe.
    pub fn listen() -> io::Result<Self> {
        let path = PathBuf::from(format!(r"\\.\pipe\frontdesk-{:016x}{:016x}", drawn(), drawn()));
        let mut pipe = Self { path, allowed: Allowed::this_user()?, waiting: JoinSet::new() };
        pipe.wait_for_one(true)?;
        pipe.fill()?;
        Ok(pipe)
    }

    /// The pipe's name, as it is opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The next one who comes. May be given up at any time.
    ///
    /// # Errors
    /// Somebody went away in the middle, or the system gives no more pipes.
    pub async fn accept(&mut self) -> io::Result<NamedPipeServer> {
        self.fill()?;
        match self.waiting.join_next().await {
            Some(Ok(come)) => come,
            Some(Err(_)) | None => Err(io::Error::other("nobody waits at the pipe")),
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        while self.waiting.len() < WAITING {
            self.wait_for_one(false)?;
        }
        Ok(())
    }

    fn wait_for_one(&mut self, first: bool) -> io::Result<()> {
        let mut attributes = SECURITY_ATTRIBUTES {
            nLength: size_of::<SECURITY_ATTRIBUTES>().try_into().unwrap_or(u32::MAX),
            lpSecurityDescriptor: self.allowed.0,
            bInheritHandle: 0,
        };
        let mut options = ServerOptions::new();
        options.first_pipe_instance(first).reject_remote_clients(true);
        // SAFETY: The attributes and the list they point to are whole, and outlive the call.
        let server = unsafe { options.create_with_security_attributes_raw(&self.path, (&raw mut attributes).cast()) }?;
        self.waiting.spawn(async move { server.connect().await.map(|()| server) });
        Ok(())
    }
}

/// Opens a pipe of this user from the other side, for programs that wait. Its server learns who asks, and cannot act as
/// them. As long as what is given back lives, Windows should give the pipe's name to nobody else, even if its server ends;
/// Wine does.
///
/// Asked is whose the pipe is, and not whose the process is that serves it: the number of a process that has ended is
/// another's by and by, while who made a pipe stays, and nobody can make one in somebody else's name.
///
/// # Errors
/// None is there, it is not for this user, or somebody else made it.
pub fn open(path: &Path) -> io::Result<File> {
    let pipe = File::options().read(true).write(true).security_qos_flags(SECURITY_IDENTIFICATION).open(path)?;
    if owner_of(&pipe)? == this_user()? {
        Ok(pipe)
    } else {
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "another user made this pipe"))
    }
}

/// Who made a pipe, as Windows writes them.
fn owner_of(pipe: &File) -> io::Result<String> {
    let (mut owner, mut list) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: The handle is open, and there are places for the two answers that are asked for.
    let refused = unsafe {
        GetSecurityInfo(
            pipe.as_raw_handle(),
            SE_KERNEL_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &raw mut owner,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut list,
        )
    };
    if refused != 0 {
        return Err(io::Error::from_raw_os_error(refused.cast_signed()));
    }
    // The owner lies in the list, which is freed when it has been read.
    let _list = Allowed(list);
    // SAFETY: The call has put the owner there, and the list it lies in is still there.
    unsafe { written(owner) }
}

/// Bits that nobody knows beforehand. That the name is not there yet is seen to all the same.
fn drawn() -> u64 {
    RandomState::new().hash_one(0)
}

/// Whose a pipe is, and who may open it: one list for all of its ends.
#[derive(Debug)]
struct Allowed(PSECURITY_DESCRIPTOR);

// SAFETY: The list belongs to this value alone, is never written to, and may be freed by any thread.
unsafe impl Send for Allowed {}
// SAFETY: As above.
unsafe impl Sync for Allowed {}

impl Allowed {
    /// Everything to the user of this process, who owns what is made with it, and nothing to anybody else. The owner is
    /// named since that of a program with an administrator's rights would be a group.
    fn this_user() -> io::Result<Self> {
        let user = this_user()?;
        Self::parsed(&format!("O:{user}D:P(A;;GA;;;{user})"))
    }

    fn parsed(text: &str) -> io::Result<Self> {
        let text: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let mut list = ptr::null_mut();
        // SAFETY: The text ends with a zero, and there is a place for the answer; its length is not asked for.
        let made = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut list,
                ptr::null_mut(),
            )
        };
        if made == 0 { Err(io::Error::last_os_error()) } else { Ok(Self(list)) }
    }
}

impl Drop for Allowed {
    fn drop(&mut self) {
        // SAFETY: The system made it to be freed by this call, and nobody has it any more.
        unsafe { LocalFree(self.0) };
    }
}

/// The user of this process, as Windows writes them: `S-1-5-21-…`.
fn this_user() -> io::Result<String> {
    let token = Token::of_this_process()?;
    // The answer holds an address and what it leads to, so it is made of words.
    let mut answer = [0_u64; 32];
    let mut length = 0;
    // SAFETY: The place for the answer is as long as is said, and there is one for its length.
    let told = unsafe {
        GetTokenInformation(
            token.0,
            TokenUser,
            answer.as_mut_ptr().cast::<c_void>(),
            size_of_val(&answer).try_into().unwrap_or(u32::MAX),
            &raw mut length,
        )
    };
    if told == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: The call has written one there, and words lie as it has to lie.
    let user = unsafe { &*answer.as_ptr().cast::<TOKEN_USER>() };
    // SAFETY: The user's number lies in the answer, which is still there.
    unsafe { written(user.User.Sid) }
}

/// A user as Windows writes them.
///
/// # Safety
/// The user's number is whole.
unsafe fn written(user: PSID) -> io::Result<String> {
    let mut text = ptr::null_mut();
    // SAFETY: The caller says that the number is whole, and there is a place for the text.
    if unsafe { ConvertSidToStringSidW(user, &raw mut text) } == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: The text ends with a zero, and what is counted lies before it.
    let length = (0..).take_while(|at| unsafe { *text.add(*at) } != 0).count();
    // SAFETY: As many characters were just counted, and nobody writes to them.
    let written = String::from_utf16_lossy(unsafe { slice::from_raw_parts(text, length) });
    // SAFETY: The system made it to be freed by this call, and it has been copied.
    unsafe { LocalFree(text.cast()) };
    Ok(written)
}

/// What says whose process this is.
struct Token(HANDLE);

impl Token {
    fn of_this_process() -> io::Result<Self> {
        // SAFETY: Asks for the process itself, by a handle that need not be closed.
        let process = unsafe { GetCurrentProcess() };
        let mut token = ptr::null_mut();
        // SAFETY: The process is this one, and there is a place for the answer.
        let opened = unsafe { OpenProcessToken(process, TOKEN_QUERY, &raw mut token) };
        if opened == 0 { Err(io::Error::last_os_error()) } else { Ok(Self(token)) }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        // SAFETY: It was opened by this value and is closed once.
        unsafe { CloseHandle(self.0) };
    }
}

#[cfg(test)]
mod tests;
