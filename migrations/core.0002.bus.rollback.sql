drop table slomix.plugin_state;
drop table slomix.post;
drop table slomix.inbox;
drop table slomix.event;
