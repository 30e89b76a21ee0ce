DROP TABLE logins;
DROP TABLE login_failures;
