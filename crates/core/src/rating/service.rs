//! What is rated.

use crate::ivr::Direction;

/// A service that a rate deck has rates for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RatedService {
    /// A call out, by where it goes.
    Voice,
    /// A call in on a subscribed number, by that number.
    VoiceIn,
    /// A fax out.
    Fax,
    /// A text message out of a type.
    Sms(SmsType),
}

/// Types of text messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SmsType {
    /// Replies come back to the sender's number.
    Replies,
    /// The sender is masked.
    Masking,
    /// Its delivery is tracked.
    Tracking,
    /// Masked and tracked.
    MaskTrack,
}

impl RatedService {
    /// Every service.
    pub const ALL: [Self; 7] = [
        Self::Voice,
        Self::VoiceIn,
        Self::Fax,
        Self::Sms(SmsType::Replies),
        Self::Sms(SmsType::Masking),
        Self::Sms(SmsType::Tracking),
        Self::Sms(SmsType::MaskTrack),
    ];

    /// The service of a call that went this way.
    pub const fn of_call(direction: Direction) -> Self {
        match direction {
            Direction::Inbound => Self::VoiceIn,
            Direction::Outbound => Self::Voice,
        }
    }

    /// Its name in a rate deck; messages of all types have one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::VoiceIn => "voice_in",
            Self::Fax => "fax",
            Self::Sms(_) => "sms",
        }
    }
}

impl SmsType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::Replies, Self::Masking, Self::Tracking, Self::MaskTrack];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Replies => "replies",
            Self::Masking => "masking",
            Self::Tracking => "tracking",
            Self::MaskTrack => "masktrack",
        }
    }

    /// The type of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}
