-- Who looks at a customer sees the tokens of those who may act for it.
CREATE INDEX api_users_of_customer ON api_user_customers (customer_id);
CREATE INDEX tokens_of_user ON tokens (user_name, issued_at);

-- A group's cards in the order in which they were made.
CREATE INDEX cards_of_group ON cards (group_id, id);
