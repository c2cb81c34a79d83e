"""People: whose GUIDs are whose, what somebody is called, who may do what, and what is kept about somebody."""
