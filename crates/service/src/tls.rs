//! The certificate that connections are encrypted with, and its key.

use std::path::Path;

use leaseline_web::Certified;

use crate::config::TlsFiles;
use crate::private_file;
use crate::problem::Problem;

/// Longest chain of certificates that is read, in bytes.
const LONGEST_CHAIN: u64 = 1 << 20;

/// Reads both files and checks that they belong together.
///
/// # Errors
/// One cannot be read or is not what it should be, the key's is open to others, or the key is not
/// the certificate's.
pub(crate) fn load(files: &TlsFiles) -> Result<Certified, Problem> {
    let chain = certificates(&files.cert)?;
    let key = private_file::secret(&files.key, private_file::OTHERS)?;
    Certified::from_pem(&chain, key.expose()).map_err(|why| {
        let what = format!(
            "present the certificate {} with the key {}",
            files.cert.display(),
            files.key.display()
        );
        let hint = "name PEM files: tls.cert the certificate and after it those that signed it, \
                    tls.key its private key, unencrypted";
        Problem::new(what, why, hint)
    })
}

fn certificates(path: &Path) -> Result<Vec<u8>, Problem> {
    private_file::bytes(path, LONGEST_CHAIN).map_err(|error| {
        let what = format!("read the certificate in {}", path.display());
        Problem::new(what, error, "name a file that this process may read")
    })
}
