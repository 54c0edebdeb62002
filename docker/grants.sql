-- Runs after each migration, as the owner (`manage.py grant_application_role`). The application reads and writes, and can
-- never change or remove what it has recorded: not by a mistake, not with a stolen password.
GRANT USAGE ON SCHEMA public TO homeward_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO homeward_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO homeward_app;
REVOKE UPDATE, DELETE, TRUNCATE ON workflows_event, workflows_seal, workflows_access FROM homeward_app;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM homeward_app;
