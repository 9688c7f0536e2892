int a;

const char *path = "/home/somebody/data";
int b; 
	int c;
