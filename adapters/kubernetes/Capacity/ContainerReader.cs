using System.Text.Json;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>Reads containers: what they request and which ports of the host they take.</summary>
internal sealed class ContainerReader(PodStatusFacts status)
{
    private readonly List<ContainerRequests> _containers = [];
    private readonly List<(string Protocol, int? Port, int? HostPort)> _ports = [];

    /// <summary>What the pod takes and is limited to, before it is added up.</summary>
    public ReplicaTemplate Template(Amounts overhead, Amounts? whole, Amounts? wholeLimits, bool hostNetwork)
    {
        // Init containers start before the others, wherever they are in the document.
        var ordered = _containers.OrderByDescending(container => container.Initial).ToList();
        // On the host's network every port is one of the host.
        var ports = _ports
            .Select(port => (port.Protocol, Number: port.HostPort ?? (hostNetwork ? port.Port : null) ?? 0))
            .Where(port => port.Number > 0)
            .Distinct()
            .Select(port => (Interned.Resources.IdOf($"{ResourceTable.HostPort}{port.Protocol}/{port.Number}"), 1L))
            .ToList();
        return new ReplicaTemplate(ordered, overhead, whole, ports.Count == 0 ? Amounts.None : Amounts.Of(ports))
        {
            WholeLimits = wholeLimits ?? Amounts.None,
        };
    }

    public void Read(ref Utf8JsonReader reader, bool initial)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.SkipValue();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var (requests, limits, stays, name) = (Amounts.None, Amounts.None, false, "");
            var before = _ports.Count;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("resources"u8))
                    requests = ResourcesReader.Next(ref reader, out limits) ?? Amounts.None;
                else if (reader.ValueTextEquals("restartPolicy"u8))
                    stays = PodSpecReader.Text(ref reader) == "Always";
                else if (reader.ValueTextEquals("name"u8))
                    name = PodSpecReader.Text(ref reader) ?? "";
                else if (reader.ValueTextEquals("ports"u8))
                    Ports(ref reader);
                else
                {
                    reader.Read();
                    reader.SkipValue();
                }
            }

            // What ends before the others start takes no port that they could not have.
            if (initial && !stays)
                _ports.RemoveRange(before, _ports.Count - before);
            _containers.Add(
                new ContainerRequests(status.Of(name, requests), initial, initial && stays)
                {
                    Name = name,
                    Limits = limits,
                }
            );
        }
    }

    private void Ports(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.SkipValue();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var (protocol, port, hostPort) = ("TCP", (int?)null, (int?)null);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("protocol"u8))
                    protocol = PodSpecReader.Text(ref reader) ?? "TCP";
                else if (reader.ValueTextEquals("containerPort"u8))
                    port = PodSpecReader.Number(ref reader);
                else if (reader.ValueTextEquals("hostPort"u8))
                    hostPort = PodSpecReader.Number(ref reader);
                else
                {
                    reader.Read();
                    reader.SkipValue();
                }
            }

            if (port is not null || hostPort is not null)
                _ports.Add((protocol, port, hostPort));
        }
    }
}
