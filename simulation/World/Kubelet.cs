using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// The kubelets of all nodes: a pod takes its start time to become ready and its stop time to go, and a node may start
/// only a few at once. On a node without power nothing happens; when power is back what was running starts again.
/// </summary>
internal sealed class Kubelet : Controller
{
    /// <summary>Between two looks of a pod at what it needs.</summary>
    private static readonly TimeSpan WhileItWaits = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, DateTimeOffset> startedAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> stoppingSince = new(StringComparer.Ordinal);
    private readonly StartQueue starting = new();
    private readonly HashSet<string> dark = new(StringComparer.Ordinal);
    private int addresses;

    protected override string Manager => "kubelet";

    public override void Observe(Change change)
    {
        if (change.Type == PodResource.Type)
        {
            if (change.Kind == ChangeKind.Deleted)
            {
                startedAt.Remove(change.New.Tree.Uid());
                stoppingSince.Remove(change.New.Tree.Uid());
            }
            else if (change.New.Tree.Text("spec", "nodeName") is not null)
            {
                Enqueue(change.New.Tree.Key());
            }
        }
        else if (change.Type == NodeResource.Type)
        {
            Power(change);
        }
    }

    public override void Reconcile(string key)
    {
        if (
            Find(PodResource.Type, key) is not { } pod
            || pod.Tree.Text("spec", "nodeName") is not { } node
            || dark.Contains(node)
        )
        {
            return;
        }

        if (pod.Tree.IsTerminating())
        {
            Stop(pod);
        }
        else if (!PodResource.IsOver(pod.Tree))
        {
            Run(pod, node);
        }
    }

    private void Run(StoredObject pod, string node)
    {
        var uid = pod.Tree.Uid();
        var takes = SimulationAnnotations.Seconds(pod.Tree, SimulationAnnotations.StartSeconds, 1, 3);
        if (!startedAt.TryGetValue(uid, out var begun))
        {
            begun = starting.Begin(node, StartsAtOnce(node), takes, Now);
            startedAt[uid] = begun;
            ChangeStatus(PodResource.Type, pod, tree => Creating(tree, node));
            At(pod.Tree.Key(), begun + takes);
            return;
        }

        var ready = begun + takes;
        if (Now < ready)
        {
            At(pod.Tree.Key(), ready);
            return;
        }

        if (!PodResource.IsReady(pod.Tree))
        {
            if (
                VolumeAttacher.IsAwaited(Store, pod.Tree)
                || PodNeed
                    .All(pod.Tree, SimulationAnnotations.Needs)
                    .Any(need => !need.IsMet(Store, pod.Tree.Namespace(), 1))
            )
            {
                At(pod.Tree.Key(), Now + WhileItWaits);
                return;
            }

            ChangeStatus(PodResource.Type, pod, Ready);
            return;
        }

        if (
            pod.Tree.Text("spec", "restartPolicy") is "Never" or "OnFailure"
            || pod.Tree.Annotation(SimulationAnnotations.RunSeconds) is not null
        )
        {
            var over = ready + SimulationAnnotations.Seconds(pod.Tree, SimulationAnnotations.RunSeconds, 5, 15);
            if (Now < over)
            {
                At(pod.Tree.Key(), over);
            }
            else
            {
                ChangeStatus(PodResource.Type, pod, Finished);
            }
        }
    }

    private int StartsAtOnce(string node) =>
        int.TryParse(
            Store.Find(NodeResource.Type, "", node)?.Tree.Annotation(SimulationAnnotations.StartsAtOnce),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var most
        )
        && most > 0
            ? most
            : int.MaxValue;

    private void Stop(StoredObject pod)
    {
        var tree = pod.Tree;
        var grace = tree.Whole("metadata", "deletionGracePeriodSeconds") ?? 0;
        if (grace == 0)
        {
            Delete(PodResource.Type, pod, grace: 0);
            return;
        }

        if (tree.Annotation(SimulationAnnotations.NeverStops) == "true")
        {
            return;
        }

        if (!stoppingSince.TryGetValue(tree.Uid(), out var since))
        {
            since = Now;
            stoppingSince[tree.Uid()] = since;
        }

        var takes = SimulationAnnotations.Seconds(tree, SimulationAnnotations.StopSeconds, 0.5, 2);
        var gone = since + (takes < TimeSpan.FromSeconds(grace) ? takes : TimeSpan.FromSeconds(grace));
        if (Now < gone)
        {
            At(tree.Key(), gone);
        }
        else
        {
            Delete(PodResource.Type, pod, grace: 0);
        }
    }

    private void Power(Change change)
    {
        var node = change.New.Tree.Name();
        var off = change.Kind != ChangeKind.Deleted && change.New.Tree.Annotation(SimulationAnnotations.Power) == "off";
        if (off && dark.Add(node))
        {
            // Its containers have stopped, though the API does not know yet.
            starting.Forget(node);
            foreach (var pod in On(node))
            {
                startedAt.Remove(pod.Tree.Uid());
                stoppingSince.Remove(pod.Tree.Uid());
            }
        }
        else if (!off && dark.Remove(node))
        {
            foreach (var pod in On(node).Where(p => !p.Tree.IsTerminating() && !PodResource.IsOver(p.Tree)))
            {
                ChangeStatus(PodResource.Type, pod, tree => Restarting(tree));
            }

            foreach (var pod in On(node))
            {
                Enqueue(pod.Tree.Key());
            }
        }
    }

    private List<StoredObject> On(string node) =>
        [.. Store.All(PodResource.Type).Where(p => p.Tree.Text("spec", "nodeName") == node)];

    private void Creating(JsonObject tree, string node)
    {
        var status = tree.Ensure("status");
        var host =
            Store
                .Find(NodeResource.Type, "", node)
                ?.Tree.Objects("status", "addresses")
                .FirstOrDefault(a => a.Text("type") == "InternalIP")
                ?.Text("address")
            ?? "10.0.0.1";
        status["hostIP"] = host;
        status["startTime"] ??= Now.Stamp();
        Condition(tree, "Initialized", "True", "", "");
        Condition(tree, "Ready", "False", "ContainersNotReady", "containers with unready status");
        Condition(tree, "ContainersReady", "False", "ContainersNotReady", "containers with unready status");
        if (status["containerStatuses"] is null)
        {
            status["containerStatuses"] = Statuses(
                tree,
                new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating" } },
                ready: false
            );
        }
    }

    private void Ready(JsonObject tree)
    {
        var status = tree.Ensure("status");
        status["phase"] = "Running";
        if (status["podIP"] is null)
        {
            addresses++;
            var ip = $"10.244.{addresses / 250 % 250}.{(addresses % 250) + 1}";
            status["podIP"] = ip;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = ip });
        }

        Condition(tree, "Ready", "True", "", "");
        Condition(tree, "ContainersReady", "True", "", "");
        status["containerStatuses"] = Statuses(
            tree,
            new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Now.Stamp() } },
            ready: true
        );
    }

    private void Restarting(JsonObject tree)
    {
        Condition(tree, "Ready", "False", "ContainersNotReady", "containers with unready status");
        Condition(tree, "ContainersReady", "False", "ContainersNotReady", "containers with unready status");
        var status = tree.Ensure("status");
        status["containerStatuses"] = Statuses(
            tree,
            new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating" } },
            ready: false,
            restarted: true
        );
    }

    private void Finished(JsonObject tree)
    {
        var status = tree.Ensure("status");
        var fails = tree.Annotation(SimulationAnnotations.Fails) == "true";
        status["phase"] = fails ? "Failed" : "Succeeded";
        Condition(tree, "Ready", "False", "PodCompleted", "");
        Condition(tree, "ContainersReady", "False", "PodCompleted", "");
        var ended = new JsonObject
        {
            ["exitCode"] = fails ? 1 : 0,
            ["reason"] = fails ? "Error" : "Completed",
            ["finishedAt"] = Now.Stamp(),
        };
        status["containerStatuses"] = Statuses(tree, new JsonObject { ["terminated"] = ended }, ready: false);
    }

    private void Condition(JsonObject tree, string type, string status, string reason, string message)
    {
        tree.SetCondition(type, status, reason, message, Now);
        if (reason.Length == 0)
        {
            tree.Condition(type)!.Remove("reason");
        }

        if (message.Length == 0)
        {
            tree.Condition(type)!.Remove("message");
        }
    }

    private JsonArray Statuses(JsonObject tree, JsonObject state, bool ready, bool restarted = false)
    {
        var statuses = new JsonArray();
        foreach (var container in tree.Objects("spec", "containers"))
        {
            var name = container.Text("name");
            var old = tree.Objects("status", "containerStatuses").FirstOrDefault(c => c.Text("name") == name);
            var made = new JsonObject
            {
                ["name"] = name,
                ["state"] = state.DeepClone(),
                ["lastState"] = restarted
                    ? new JsonObject
                    {
                        ["terminated"] = new JsonObject
                        {
                            ["exitCode"] = 255,
                            ["reason"] = "Unknown",
                            ["finishedAt"] = Now.Stamp(),
                        },
                    }
                    : old.Object("lastState")?.DeepClone() ?? new JsonObject(),
                ["ready"] = ready,
                ["restartCount"] = (old.Whole("restartCount") ?? 0) + (restarted ? 1 : 0),
                ["image"] = container.Text("image"),
                ["imageID"] = "",
                ["started"] = ready,
            };
            if (ready)
            {
                made["containerID"] = "simulation://" + NameGenerator.Hash(tree.Uid() + name);
            }

            statuses.Add(made);
        }

        return statuses;
    }
}
