using Ebb.Core.Capacity;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Tests.Scaler;

/// <summary>Which pods without a controller a workload would adopt.</summary>
public sealed class PodOwnershipSpecs
{
    [Theory]
    [InlineData("Deployment", "miner-x", "", false)]
    [InlineData("Deployment", "miner-x", "pod-template-hash", true)]
    [InlineData("Deployment", "miner-x", "rollouts-pod-template-hash", false)]
    [InlineData("Rollout", "miner-x", "pod-template-hash", false)]
    [InlineData("Rollout", "miner-x", "rollouts-pod-template-hash", true)]
    [InlineData("StatefulSet", "miner-12", "", true)]
    [InlineData("StatefulSet", "miner-", "", false)]
    [InlineData("StatefulSet", "miner-1a", "", false)]
    [InlineData("StatefulSet", "other-1", "", false)]
    [InlineData("StatefulSet", "miner", "", false)]
    [InlineData("ScaledJob", "miner-x", "", false)]
    [InlineData("ScaledJob", "miner-x", "batch.kubernetes.io/controller-uid", true)]
    [InlineData("ReplicaSet", "any", "", true)]
    [InlineData("Suite", "any", "", true)]
    public void One_that_matches_the_selector_is_its_own_where_it_would_be_adopted(
        string kind,
        string name,
        string label,
        bool owned
    )
    {
        var workload = new PodOwnership(
            new ObjectRef("any/v1", kind, "shop", "miner"),
            "u",
            new LabelSelector(new SmallDictionary([new("app", "suite")]), null)
        );
        PodFacts Pod(string app) =>
            new(
                "shop",
                new SmallDictionary(label.Length == 0 ? [new("app", app)] : [new("app", app), new(label, "h1")]),
                null,
                Amounts.None,
                Placement.Anywhere
            )
            {
                Name = name,
            };
        Assert.Equal(owned, workload.Owns(Pod("suite")));
        Assert.False(workload.Owns(Pod("other")));
    }
}
