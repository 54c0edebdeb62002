-- Runs once, when the database is made. The application's role owns nothing: the tables belong to homeward_owner, which
-- only `migrate` uses. What the role may do with each table is granted after the migrations, by docker/grants.sql.
\getenv app_password HOMEWARD_APP_PASSWORD
CREATE ROLE homeward_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'app_password';
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON DATABASE homeward FROM PUBLIC;
GRANT CONNECT ON DATABASE homeward TO homeward_app;
GRANT USAGE ON SCHEMA public TO homeward_app;
