comment on table slomix.server_token is null;
comment on table slomix.audit is null;
comment on table slomix.forgotten is null;
