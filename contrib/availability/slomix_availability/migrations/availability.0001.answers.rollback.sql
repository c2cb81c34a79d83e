drop table availability.wish;
drop table availability.reminder;
drop table availability.poll;
drop table availability.answer;
