int  a ;
