DROP TABLE donor_news;
DROP TABLE handovers;
