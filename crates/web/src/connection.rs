//! An accepted connection, watched.
//!
//! actix bounds the time of a connection's first head and of its idleness, but neither the time of
//! a later head nor a client that stops reading: either would hold a connection for ever. So we put
//! a stream of our own between the socket and actix. It keeps those two bounds, it counts, and when
//! the server stops it ends what is idle, and only that.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::{Limits, Stop};

/// How many connections of a server are open.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    open: Arc<watch::Sender<usize>>,
}

impl Connections {
    pub(crate) fn new() -> Self {
        Self { open: Arc::new(watch::Sender::new(0)) }
    }

    pub(crate) fn open(&self) -> usize {
        *self.open.borrow()
    }

    /// Waits until none is open.
    pub(crate) async fn none(&self) {
        let mut open = self.open.subscribe();
        // An error would mean that the sender is gone, and we hold it.
        let _ = open.wait_for(|open| *open == 0).await;
    }

    /// One more, until what is returned is dropped.
    pub(crate) fn count(&self) -> Counted {
        self.open.send_modify(|open| *open += 1);
        Counted(self.clone())
    }
}

/// One of the open connections.
pub(crate) struct Counted(Connections);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

/// What a connection is doing, shared by its stream, which sees the bytes, and the middleware,
/// which sees the requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Phase(Rc<Cell<Doing>>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Doing {
    /// Nothing has come since the last answer.
    #[default]
    Idle,
    /// A head has begun to come.
    ReadingHead,
    /// A request is with the application.
    Serving,
}

impl Phase {
    /// The phase of the connection that brought this request; none in an `App` that is not served
    /// by our [`Shell`](crate::Shell).
    pub(crate) fn of(request: &ServiceRequest) -> Option<Self> {
        request.conn_data().cloned()
    }

    /// Serving, until what is returned is dropped.
    pub(crate) fn serve(self) -> Serving {
        self.0.set(Doing::Serving);
        Serving(self)
    }
}

/// A request is with the application.
pub(crate) struct Serving(Phase);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.0.set(Doing::Idle);
    }
}

/// A stream that keeps the bounds of its connection.
pub(crate) struct Watched<T> {
    stream: T,
    phase: Phase,
    head: Deadline,
    write: Deadline,
    /// Ready when the server wants idle connections to end.
    closing: Pin<Box<dyn Future<Output = ()>>>,
    _counted: Counted,
}

impl<T> Watched<T> {
    /// Watches `stream` until it is dropped; `closing` asks it to end as soon as it is idle.
    pub(crate) fn new(stream: T, limits: &Limits, counted: Counted, closing: Stop) -> Self {
        Self {
            stream,
            phase: Phase::default(),
            head: Deadline::new(limits.head_timeout),
            write: Deadline::new(limits.write_timeout),
            // Fused, for a stream may be read on after it has said that it ended.
            closing: Box::pin(async move { closing.asked().await }.fuse()),
            _counted: counted,
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase.clone()
    }

    /// Nothing is there to be read.
    fn poll_nothing(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.phase.0.get() {
            // Reading nothing is how a stream says that it has ended.
            Doing::Idle => self.closing.as_mut().poll(cx).map(Ok),
            Doing::ReadingHead => self.head.poll(cx).map(Err),
            Doing::Serving => Poll::Pending,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, buffer) else {
            return this.poll_nothing(cx);
        };
        if this.phase.0.get() == Doing::Idle && buffer.filled().len() > before {
            this.phase.0.set(Doing::ReadingHead);
            this.head.clear();
        }
        // Asked here as well, for a client that sends without a pause is never waited for.
        if this.phase.0.get() == Doing::ReadingHead
            && let Poll::Ready(late) = this.head.poll(cx)
        {
            return Poll::Ready(Err(late));
        }
        Poll::Ready(read)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        match Pin::new(&mut this.stream).poll_write(cx, bytes) {
            Poll::Ready(written) => {
                this.write.clear();
                Poll::Ready(written)
            }
            Poll::Pending => this.write.poll(cx).map(Err),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A bound on a wait: it runs from the first time that it is asked to the next time that it is
/// cleared. Its timer stays as it was set for an earlier wait until it goes off: nearly every wait is
/// over long before, and to set one for each costs more than the wait.
struct Deadline {
    after: Duration,
    due: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    fn new(after: Duration) -> Self {
        Self { after, due: None, timer: None }
    }

    fn clear(&mut self) {
        self.due = None;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        // One that lies beyond what a clock can show never comes.
        let due = self.due.or_else(|| Instant::now().checked_add(self.after));
        let Some(due) = due else { return Poll::Pending };
        self.due = Some(due);
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
        loop {
            ready!(timer.as_mut().poll(cx));
            if timer.deadline() >= due {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
            timer.as_mut().reset(due);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::advance;

    use super::*;

    const AFTER: Duration = Duration::from_secs(10);
    const MILLISECOND: Duration = Duration::from_millis(1);

    #[tokio::test(start_paused = true)]
    async fn a_deadline_runs_from_the_first_question_after_it_was_cleared() {
        let mut deadline = Deadline::new(AFTER);
        let is_over = |deadline: &mut Deadline| {
            poll_fn(|cx| Poll::Ready(deadline.poll(cx).is_ready())).now_or_never()
        };
        for _ in 0..3 {
            assert_eq!(is_over(&mut deadline), Some(false));
            advance(AFTER - MILLISECOND).await;
            assert_eq!(is_over(&mut deadline), Some(false));
            deadline.clear();
            // Its timer goes off meanwhile.
            advance(AFTER).await;
            assert_eq!(is_over(&mut deadline), Some(false));
            advance(AFTER).await;
            assert_eq!(is_over(&mut deadline), Some(true));
            deadline.clear();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_a_deadline_wakes_when_it_comes_and_not_before() {
        let mut deadline = Deadline::new(AFTER);
        let begun = Instant::now();
        let over = poll_fn(|cx| deadline.poll(cx)).await;
        assert_eq!((over.kind(), begun.elapsed()), (io::ErrorKind::TimedOut, AFTER));

        deadline.clear();
        let over = poll_fn(|cx| deadline.poll(cx)).await;
        assert_eq!((over.kind(), begun.elapsed()), (io::ErrorKind::TimedOut, 2 * AFTER));
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_beyond_all_clocks_never_comes() {
        let mut deadline = Deadline::new(Duration::MAX);
        assert_eq!(poll_fn(|cx| deadline.poll(cx).map(|late| late.kind())).now_or_never(), None);
    }
}
