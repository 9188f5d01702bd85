namespace Ebb.Kubernetes.Resources;

internal sealed record Service : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public ServiceSpec? Spec { get; init; }

    public ServiceStatus? Status { get; init; }
}

internal sealed record ServiceSpec(
    SmallDictionary? Selector,
    string? ClusterIP,
    string[]? ClusterIPs,
    string[]? ExternalIPs,
    string? ExternalName,
    ServicePort[]? Ports
);

internal sealed record ServicePort(int? Port, int? NodePort);

internal sealed record ServiceStatus(LoadBalancerStatus? LoadBalancer);

internal sealed record LoadBalancerStatus(LoadBalancerIngress[]? Ingress);

internal sealed record LoadBalancerIngress(string? Ip, string? Hostname);
