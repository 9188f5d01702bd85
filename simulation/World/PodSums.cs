using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;

namespace Ebb.Simulation.World;

/// <summary>
/// What a pod takes of its node: containers with the sidecars that stay, or the greatest moment of its start; requests
/// of the pod as a whole go before that; then the overhead. Each port of the host is a resource of its own.
/// </summary>
internal static class PodSums
{
    public const string HostPort = "hostPort/";

    public static Dictionary<string, double> Of(JsonObject pod)
    {
        Dictionary<string, double> sums = new(StringComparer.Ordinal),
            sidecars = new(StringComparer.Ordinal),
            peak = new(StringComparer.Ordinal);
        foreach (var container in pod.Objects("spec", "containers"))
        {
            Add(sums, container.Object("resources", "requests"));
            AddPorts(sums, pod, container);
        }

        foreach (var container in pod.Objects("spec", "initContainers"))
        {
            var requests = container.Object("resources", "requests");
            if (container.Text("restartPolicy") == "Always")
            {
                Add(sidecars, requests);
                Add(sums, requests);
                AddPorts(sums, pod, container);
            }
            else
            {
                Dictionary<string, double> moment = new(sidecars, StringComparer.Ordinal);
                Add(moment, requests);
                foreach (var (name, amount) in moment)
                {
                    peak[name] = Math.Max(peak.GetValueOrDefault(name), amount);
                }
            }
        }

        foreach (var (name, amount) in peak)
        {
            sums[name] = Math.Max(sums.GetValueOrDefault(name), amount);
        }

        foreach (var (name, value) in pod.Object("spec", "resources", "requests") ?? [])
        {
            sums[name] = ResourceQuantity.Read(value) ?? 0;
        }

        Add(sums, pod.Object("spec", "overhead"));
        sums["pods"] = 1;
        return sums;
    }

    private static void Add(Dictionary<string, double> sums, JsonObject? amounts)
    {
        foreach (var (name, value) in amounts ?? [])
        {
            sums[name] = sums.GetValueOrDefault(name) + (ResourceQuantity.Read(value) ?? 0);
        }
    }

    private static void AddPorts(Dictionary<string, double> sums, JsonObject pod, JsonObject container)
    {
        foreach (var port in container.Objects("ports"))
        {
            var number =
                port.Whole("hostPort")
                ?? (pod.Flag("spec", "hostNetwork") == true ? port.Whole("containerPort") : null);
            if (number > 0)
            {
                sums[$"{HostPort}{port.Text("protocol") ?? "TCP"}/{number}"] = 1;
            }
        }
    }
}
