//! TLS on our own sockets, by rustls: versions 1.2 and 1.3, its usual suites, no client
//! certificates.
//!
//! What is presented may be replaced at any time. A connection keeps what it began with, so a new
//! certificate cuts nobody off; a handshake that begins afterwards gets the new one.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};

use metrics::counter;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use crate::meters::TLS_HANDSHAKES_FAILED;

/// A chain of certificates and the key of the first one, ready to be presented.
#[derive(Clone)]
pub struct Certified(Arc<ServerConfig>);

/// Why a certificate or its key cannot be presented. It quotes neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCertificate {
    /// The text has no certificate, or one that cannot be read.
    #[error("there is no certificate in it that can be read as PEM")]
    NoCertificate,
    /// The text has no private key, or one that cannot be read.
    #[error("there is no private key in it that can be read as PEM, unencrypted")]
    NoKey,
    /// The key is not the certificate's, or of a kind that nobody can sign with.
    #[error("the private key is not the certificate's, or of a kind that is not supported")]
    Mismatched,
}

impl Certified {
    /// Reads PEM: the certificate first and those between it and the root after it; one private key
    /// (PKCS #8, PKCS #1 or SEC 1).
    ///
    /// # Errors
    /// [`BadCertificate`].
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, BadCertificate> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(certificates)
            .collect::<Result<_, _>>()
            .map_err(|_| BadCertificate::NoCertificate)?;
        if chain.is_empty() {
            return Err(BadCertificate::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| BadCertificate::NoKey)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| BadCertificate::Mismatched)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|_| BadCertificate::Mismatched)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

/// What a server presents at present.
#[derive(Clone)]
pub struct Tls(Arc<RwLock<Certified>>);

impl Tls {
    /// Presents this to begin with.
    pub fn new(certified: Certified) -> Self {
        Self(Arc::new(RwLock::new(certified)))
    }

    /// Presents another one from now on.
    pub fn replace(&self, certified: Certified) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = certified;
    }

    async fn accept(&self, stream: TcpStream) -> io::Result<Channel> {
        let Certified(config) = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let stream = TlsAcceptor::from(config).accept(stream).await?;
        Ok(Channel::Encrypted(Box::new(stream)))
    }
}

/// What a connection's bytes go through.
pub(crate) enum Channel {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl Channel {
    /// The stream as it is, or after its handshake. Whoever does not finish that is counted.
    pub(crate) async fn open(stream: TcpStream, tls: Option<&Tls>) -> io::Result<Self> {
        let Some(tls) = tls else { return Ok(Self::Plain(stream)) };
        tls.accept(stream).await
    }

    /// Counts a connection that did not get through its handshake, and logs it where probes are
    /// logged: scanners of the whole internet make many.
    pub(crate) fn refused(error: &io::Error) {
        counter!(TLS_HANDSHAKES_FAILED).increment(1);
        tracing::debug!(kind = %error.kind(), "a TLS handshake failed");
    }
}

impl AsyncRead for Channel {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Encrypted(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Channel {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Encrypted(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Encrypted(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Encrypted(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(certificates: &str, key: &str, expected: BadCertificate) {
        let read = Certified::from_pem(certificates.as_bytes(), key.as_bytes());
        assert_eq!(read.err(), Some(expected));
    }

    #[test]
    fn what_is_no_certificate_is_named_and_not_quoted() {
        use BadCertificate::{Mismatched, NoCertificate, NoKey};
        let block = |kind: &str, body: &str| {
            format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n")
        };
        let (certificate, key) = (block("CERTIFICATE", "MAA="), block("PRIVATE KEY", "MAA="));
        check("", &key, NoCertificate);
        check("no PEM", &key, NoCertificate);
        check(&block("CERTIFICATE", "not base64!"), &key, NoCertificate);
        check(&certificate, "", NoKey);
        check(&certificate, &block("ENCRYPTED PRIVATE KEY", "MAA="), NoKey);
        check(&certificate, &key, Mismatched);
    }
}
