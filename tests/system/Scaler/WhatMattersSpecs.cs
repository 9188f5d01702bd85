using System.Text.Json.Nodes;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;
using Ebb.Tests.Harness;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>
/// Controllers write statuses all the time; only what an answer depends on has thousands of triggers worked out anew.
/// </summary>
public sealed class WhatMattersSpecs
{
    private static readonly ResourceType ScaledObjects = new("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject"),
        Autoscalers = new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
        Deployments = new("apps", "v1", "deployments", "Deployment");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static Task<ScalerWorld> StartAsync() =>
        ScalerWorld.StartAsync(
            Node("node-1", "8")
                + Deployment("queue", 1)
                + Scaled("queue", "follow: capacity, reserve: \"1\"")
                + Schedule("day", "12:05", "12:10", 3)
        );

    [LongTheory]
    [InlineData("ScaledObject", "queue")]
    [InlineData("HorizontalPodAutoscaler", "keda-hpa-queue")]
    [InlineData("Deployment", "queue")]
    public async Task A_status_that_was_written_changes_no_answer(string kind, string name)
    {
        await using var all = await StartAsync();
        await all.StepAsync(10);
        var type =
            kind == "ScaledObject" ? ScaledObjects
            : kind == "Deployment" ? Deployments
            : Autoscalers;
        List<int> changes = [];
        // What the steps before changed may still be on its way, once; a status that mattered would be told of in every
        // round.
        do changes.Add(await ChangesAsync(all, type, kind, name, $"other-{changes.Count}"));
        while (changes[^1] > 0 && changes.Count < 8);
        Assert.Equal(0, changes[^1]);
    }

    /// <summary>
    /// How often something was told of between a status that is written and another object that is made after it.
    /// </summary>
    private static async Task<int> ChangesAsync(
        ScalerWorld all,
        ResourceType type,
        string kind,
        string name,
        string another
    )
    {
        var (told, seen) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        all.Cluster.Changed += Look;
        var status = new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "Told",
                        ["status"] = "True",
                        ["reason"] = "Again",
                        ["message"] = another,
                    }
                ),
            },
        };
        all.World.Cluster.Store.Patch(type.ToString(), "shop", name, status, "status");
        // One that is new matters. A watch tells in order: when it was seen, the status was before it.
        var other = (JsonObject)all.World.Cluster.Store.Get(type.ToString(), "shop", name)!;
        other.Remove("status");
        foreach (
            var made in new[]
            {
                "resourceVersion",
                "uid",
                "creationTimestamp",
                "managedFields",
                "ownerReferences",
                "generation",
            }
        )
            other["metadata"]!.AsObject().Remove(made);
        other["metadata"]!["name"] = another;
        if (kind == "Deployment")
            other["spec"]!["paused"] = true;
        await all.World.Cluster.ApplyManifestAsync(other.ToJsonString());
        await seen.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        all.Cluster.Changed -= Look;
        return told;

        // A change is told of on the thread that read it, before that reads the next one.
        void Look()
        {
            if (IsSeen())
                seen.TrySetResult();
            else if (!seen.Task.IsCompleted)
                Interlocked.Increment(ref told);
        }

        bool IsSeen() =>
            kind switch
            {
                "ScaledObject" => all.Cluster.ScaledObject("shop", another).It is not null,
                "Deployment" => all.Cluster.Target(new ObjectRef("apps/v1", "Deployment", "shop", another)).It
                    is not null,
                _ => all.Cluster.Autoscaler("shop", another).It is not null,
            };
    }

    [LongTheory]
    [InlineData("ScaledObject", "queue", """{"spec": {"maxReplicaCount": 7}}""")]
    [InlineData("ScaledObject", "queue", """{"metadata": {"annotations": {"autoscaling.keda.sh/paused": "true"}}}""")]
    [InlineData("HorizontalPodAutoscaler", "keda-hpa-queue", """{"spec": {"maxReplicas": 7}}""")]
    [InlineData("Deployment", "queue", """{"spec": {"replicas": 2}}""")]
    public async Task What_an_answer_depends_on_does(string kind, string name, string change)
    {
        await using var all = await StartAsync();
        await all.StepAsync(10);
        var type =
            kind == "ScaledObject" ? ScaledObjects
            : kind == "Deployment" ? Deployments
            : Autoscalers;
        var version = all.Cluster.Version;
        all.World.Cluster.Store.Patch(type.ToString(), "shop", name, JsonNode.Parse(change)!.AsObject());
        await ScalerWorld.UntilAsync(() => all.Cluster.Version > version, "it is seen");
    }
}
