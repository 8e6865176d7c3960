//! A log file that never grows beyond its share of the disk.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use store::private::{append, own_folder};

/// Appends to `postern.log`; when it is full it becomes `postern.1.log`, and so on up to
/// [`KEPT`] old files, the oldest of which is dropped. Together they stay below the bound.
#[derive(Debug)]
pub(crate) struct BoundedFile {
    folder: PathBuf,
    file: File,
    written: u64,
    most: u64,
}

impl BoundedFile {
    /// Opens the log in `folder`, which may take `bound` bytes in all.
    ///
    /// # Errors
    /// The folder cannot be made or the file not opened.
    pub(crate) fn open(folder: &Path, bound: u64) -> io::Result<Self> {
        own_folder(folder)?;
        let file = append(&current(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
            written: file.metadata()?.len(),
            file,
            most: bound / (KEPT + 1),
        })
    }

    fn turn_over(&mut self) -> io::Result<()> {
        for age in (1..KEPT).rev() {
            let _ = std::fs::rename(old(&self.folder, age), old(&self.folder, age + 1));
        }
        std::fs::rename(current(&self.folder), old(&self.folder, 1))?;
        self.file = append(&current(&self.folder))?;
        self.written = 0;
        Ok(())
    }
}

impl Write for BoundedFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let length = line.len() as u64;
        if self.written > 0 && self.written + length > self.most {
            self.turn_over()?;
        }
        self.file.write_all(line)?;
        self.written += length;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The file that is written to.
pub(crate) fn current(folder: &Path) -> PathBuf {
    folder.join("postern.log")
}

fn old(folder: &Path, age: u64) -> PathBuf {
    folder.join(format!("postern.{age}.log"))
}

/// Old files beside the current one.
const KEPT: u64 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_together_stay_below_the_bound() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = BoundedFile::open(folder.path(), 400).unwrap();
        for line in 0..100 {
            writeln!(log, "line {line:04} with some text").unwrap();
        }
        let sizes: Vec<u64> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        assert_eq!(sizes.len(), 4);
        assert!(sizes.iter().sum::<u64>() <= 400, "{sizes:?}");
        let newest = std::fs::read_to_string(current(folder.path())).unwrap();
        assert!(newest.contains("line 0099"));
    }

    #[test]
    fn a_line_larger_than_the_bound_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = BoundedFile::open(folder.path(), 40).unwrap();
        log.write_all(&[b'x'; 100]).unwrap();
        log.write_all(b"short\n").unwrap();
        assert_eq!(std::fs::read(current(folder.path())).unwrap(), b"short\n");
    }
}
