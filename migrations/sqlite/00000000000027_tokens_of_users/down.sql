DROP INDEX cards_of_group;
DROP INDEX tokens_of_user;
DROP INDEX api_users_of_customer;
