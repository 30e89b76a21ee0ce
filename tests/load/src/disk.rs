//! How long the disk takes to make a write durable: what a transaction for each request waits
//! for, and what a batch shares.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

const WRITES: u32 = 200;

/// The mean time of a write of 4 KiB and its `fdatasync`, in this folder.
pub(crate) fn sync_time(folder: &Path) -> io::Result<Duration> {
    let mut file = tempfile::tempfile_in(folder)?;
    // Once before, as the file's first blocks are found for it then.
    append(&mut file)?;
    let began = Instant::now();
    for _ in 0..WRITES {
        append(&mut file)?;
    }
    Ok(began.elapsed() / WRITES)
}

fn append(file: &mut File) -> io::Result<()> {
    file.write_all(&[0; 4096])?;
    file.sync_data()
}
