-- What a person chose for one key; null leaves it to the settings and the account.
ALTER TABLE local_key ADD COLUMN reasoning TEXT;
ALTER TABLE local_key ADD COLUMN model TEXT;
