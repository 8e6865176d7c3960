-- What the lines of the log need, kept in step by the lines themselves. A line counts for its texts
-- and for 160 bytes: its numbers, its place in the index, and its share of what pages leave empty.
CREATE TABLE usage_size (
    bytes INTEGER NOT NULL
);
INSERT INTO usage_size (bytes)
SELECT coalesce(sum(160 + octet_length(request_id) + coalesce(octet_length(key_id), 0)
    + coalesce(octet_length(key_name), 0) + coalesce(octet_length(account), 0) + octet_length(dialect) + octet_length(path)
    + coalesce(octet_length(model), 0) + coalesce(octet_length(fault), 0) + octet_length(ignored)
    + coalesce(octet_length(upstream_request_id), 0) + coalesce(octet_length(origin), 0)), 0)
FROM usage;

CREATE TRIGGER usage_added AFTER INSERT ON usage
BEGIN
    UPDATE usage_size SET bytes = bytes + 160 + octet_length(new.request_id)
        + coalesce(octet_length(new.key_id), 0) + coalesce(octet_length(new.key_name), 0)
        + coalesce(octet_length(new.account), 0) + octet_length(new.dialect) + octet_length(new.path)
        + coalesce(octet_length(new.model), 0) + coalesce(octet_length(new.fault), 0) + octet_length(new.ignored)
        + coalesce(octet_length(new.upstream_request_id), 0) + coalesce(octet_length(new.origin), 0);
END;
CREATE TRIGGER usage_removed AFTER DELETE ON usage
BEGIN
    UPDATE usage_size SET bytes = bytes - 160 - octet_length(old.request_id)
        - coalesce(octet_length(old.key_id), 0) - coalesce(octet_length(old.key_name), 0)
        - coalesce(octet_length(old.account), 0) - octet_length(old.dialect) - octet_length(old.path)
        - coalesce(octet_length(old.model), 0) - coalesce(octet_length(old.fault), 0) - octet_length(old.ignored)
        - coalesce(octet_length(old.upstream_request_id), 0) - coalesce(octet_length(old.origin), 0);
END;
