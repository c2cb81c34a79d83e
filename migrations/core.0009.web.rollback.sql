drop table slomix.web_session;
drop table slomix.web_user;
