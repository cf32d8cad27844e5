-- How often one address may ask is counted for all processes that serve the database. A crash of the server empties the
-- table, and nobody misses it: a row says for seconds, or an hour at most, how full a bucket is.
CREATE UNLOGGED TABLE request_buckets (
    name TEXT PRIMARY KEY,
    full_until BIGINT NOT NULL
) WITH (fillfactor = 70);
