#!/usr/bin/perl
# answering.pl DIR: a receiver on 127.0.0.1 that keeps each request in DIR/request.N and answers
# with DIR/answer; "reset" in it closes the connection, "hang" does nothing.
use strict;
use warnings;
use IO::Socket::INET;
my ($dir) = @ARGV;
my $listener = IO::Socket::INET->new(Listen => 16, LocalAddr => '127.0.0.1', LocalPort => 0) or die;
$| = 1;
$SIG{PIPE} = 'IGNORE';
print 'listening on 127.0.0.1:', $listener->sockport, "\n";
my $count = 0;
my @hanging;
while (my $peer = $listener->accept) {
	while (1) {
		my ($head, $body) = ('', '');
		while (my $line = <$peer>) { $head .= $line; last if $line eq "\r\n"; }
		last if $head eq '';
		read($peer, $body, $1) if $head =~ /^content-length: (\d+)/mi;
		$count++;
		open(my $out, '>', "$dir/request.$count.part") or die;
		print $out $head, $body;
		close $out;
		rename "$dir/request.$count.part", "$dir/request.$count";
		open(my $in, '<', "$dir/answer") or die;
		my $answer = join '', <$in>;
		close $in;
		if ($answer =~ /^reset/) { last; }
		if ($answer =~ /^hang/) { push @hanging, $peer; last; }
		my ($lines, $text) = split /\n\n/, $answer, 2;
		$text = '' unless defined $text;
		$lines =~ s/\n/\r\n/g;
		print $peer "HTTP/1.1 $lines\r\ncontent-length: ", length $text, "\r\n\r\n$text";
	}
}
