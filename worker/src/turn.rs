//! How does what takes long let other requests of its isolate have their turn?

use std::time::Duration;
use worker::Delay;

/// Comes back once those that wait have gone on.
pub async fn let_others() {
    Delay::from(Duration::ZERO).await;
}
