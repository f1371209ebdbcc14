#!/bin/sh
# Runs once, when PostgreSQL makes its data folder: the database and the role that owns it. The owner is no superuser; it
# may create roles because Coterie makes those that serve requests, which own nothing.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$COTERIE_PASSWORD" --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
create role coterie login createrole password :'password';
create database coterie owner coterie;
SQL
