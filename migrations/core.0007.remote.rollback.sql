drop table slomix.remote_source;
drop table slomix.remote_file;
