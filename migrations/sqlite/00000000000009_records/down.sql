DROP INDEX did_subscriptions_by_number;
DROP TABLE record_conflicts;
DROP TABLE sms_reports;
DROP TABLE fax_reports;
DROP TABLE call_reports;
DROP TABLE records;
