drop index slomix.session_not_closed;
alter table slomix.session drop column closed_rounds;
