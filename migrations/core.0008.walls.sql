-- depends: core.0006.closing
-- What is core's alone: the first word of a comment says it to the walls (slomix.storage.walls).
comment on table slomix.server_token is 'private: who may upload';
comment on table slomix.audit is 'private: who did what to whom';
comment on table slomix.forgotten is 'private: who is to stay forgotten';
