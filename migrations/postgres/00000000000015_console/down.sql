DROP TABLE audit_entries;
DROP TABLE staff_sessions;
DROP TABLE staff_links;
DROP TABLE staff;
DROP FUNCTION refuse_audit_change();
