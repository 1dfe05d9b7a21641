//! Is the Worker alive, and does its database answer?

use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::Sql;
use keyhole_policy::value::Value;

/// `GET /health`: 200 when both do, 503 when the database does not.
pub async fn check_health(context: &Context) -> Result<Reply, Refusal> {
    context
        .store
        .run_one(Sql::new(
            "SELECT json_array(count(*)) AS row FROM (SELECT 1 FROM project LIMIT 1)",
            Vec::new(),
        ))
        .await?;
    Ok(Reply::ok(Value::object([("status", Value::text("ok"))])))
}
