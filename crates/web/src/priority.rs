//! Who gets a processor first when there are too few.
//!
//! When far more is asked than can be done, nearly all of it is refused, and to read and refuse it takes
//! what processors there are. Then those who carry something out (the writer, a database on the same
//! machine) must not wait for those who refuse. So the threads that take requests in give way a little.

/// Has this thread give way to others of the process and the machine. Where the system knows no priority
/// of a thread by itself, or refuses, all stays as it is.
#[cfg(target_os = "linux")]
pub(crate) fn give_way() {
    use rustix::process::{getpid, getpriority_process, setpriority_process};

    /// So much nicer than the process was started.
    const NICER: i32 = 5;
    /// There is no nicer thread.
    const NICEST: i32 = 19;

    // To Linux a process is its first thread, and nobody is the thread that asks.
    let nicer = |begun: i32| setpriority_process(None, (begun + NICER).min(NICEST));
    let _ = getpriority_process(Some(getpid())).and_then(nicer);
}

#[cfg(not(target_os = "linux"))]
pub(crate) const fn give_way() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::getpriority_process;

    use super::give_way;

    #[test]
    fn a_thread_gives_way_alone_and_once() {
        let before = getpriority_process(None);
        let of_thread = std::thread::spawn(|| {
            give_way();
            give_way();
            getpriority_process(None)
        });
        assert_eq!(of_thread.join().unwrap(), before.map(|begun| (begun + 5).min(19)));
        assert_eq!(getpriority_process(None), before);
    }
}
