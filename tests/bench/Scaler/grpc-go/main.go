// A trivial scaler on grpc-go, to compare with: grpc-go PORT
package main

import (
	"context"
	"log"
	"net"
	"os"

	pb "externalscaler"

	"google.golang.org/grpc"
)

type scaler struct {
	pb.UnimplementedExternalScalerServer
}

func (*scaler) GetMetrics(_ context.Context, request *pb.GetMetricsRequest) (*pb.GetMetricsResponse, error) {
	return &pb.GetMetricsResponse{MetricValues: []*pb.MetricValue{
		{MetricName: request.MetricName, MetricValue: 7, MetricValueFloat: 7},
	}}, nil
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	pb.RegisterExternalScalerServer(server, &scaler{})
	log.Fatal(server.Serve(listener))
}
