//! Pictures of users.

use frontdesk_identity::{ImageId, Timestamp, UserId};

use crate::{
    CommitError, Store, StoreError,
    commit::one,
    db::{Pool, Tx, on, rows, run},
};

/// A picture of a user, as it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Id, which nobody guesses: whoever knows it sees the picture.
    pub id: ImageId,
    /// Whose it is.
    pub user_id: UserId,
    /// Type of its content, such as `image/png`.
    pub kind: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} bytes of {})", self.bytes.len(), self.kind)
    }
}

rows! {
    PictureRow {
        kind: String,
        bytes: Vec<u8>,
    }
}

impl Store {
    /// Type and content of the picture of that id.
    pub async fn picture(&self, id: &ImageId) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        const SQL: &str = "SELECT kind, bytes FROM pictures WHERE id = $1";
        let row = on!(Pool, &self.read, pool => {
            sqlx::query_as::<_, PictureRow>(SQL).bind(id.as_str()).fetch_optional(pool).await
        })?;
        Ok(row.map(|row| (row.kind, row.bytes)))
    }
}

/// Sets the picture of a user in place of the one before.
pub(crate) async fn set(tx: &mut Tx, picture: &Picture, now: Timestamp) -> Result<(), CommitError> {
    const SQL: &str = "INSERT INTO pictures (id, user_id, kind, bytes, created_at) VALUES ($1, $2, $3, $4, $5)";
    let (id, user_id) = (picture.id.as_str(), picture.user_id.as_str());
    remove(tx, &picture.user_id).await?;
    one(run!(tx, SQL, id, user_id, picture.kind.as_str(), picture.bytes.as_slice(), now.0)?)
}

/// Removes the picture of a user, if there is one.
pub(crate) async fn remove(tx: &mut Tx, user_id: &UserId) -> Result<(), CommitError> {
    run!(tx, "DELETE FROM pictures WHERE user_id = $1", user_id.as_str())?;
    Ok(())
}
