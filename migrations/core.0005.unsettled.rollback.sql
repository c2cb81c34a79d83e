drop table slomix.unsettled;
