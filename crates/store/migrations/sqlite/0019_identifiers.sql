-- Texts cost money: to which country each goes, and who had it sent (a MAC of their network), so that both can be limited.
ALTER TABLE delivery_queue ADD COLUMN country TEXT;
ALTER TABLE delivery_queue ADD COLUMN caller TEXT;
CREATE INDEX delivery_queue_country ON delivery_queue (country, created_at) WHERE country IS NOT NULL;
CREATE INDEX delivery_queue_caller ON delivery_queue (caller, created_at) WHERE caller IS NOT NULL;
