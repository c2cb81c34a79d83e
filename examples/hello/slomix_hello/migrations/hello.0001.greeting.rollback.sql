drop table hello.greeting;
