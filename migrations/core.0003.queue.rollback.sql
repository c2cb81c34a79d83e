drop table slomix.pgqueuer;
drop table slomix.pgqueuer_log;
drop table slomix.pgqueuer_schedules;
drop table slomix.pgqueuer_statistics;
drop function slomix.fn_pgqueuer_changed;
drop type slomix.pgqueuer_status;
