using Ebb.Core.GitOps;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.GitOps;

public sealed class OwnerMarkSpecs
{
    private static readonly ObjectRef Web = new("apps/v1", "Deployment", "shop", "web");

    [Fact]
    public void Flux_says_with_two_labels_which_Kustomization_and_which_HelmRelease_apply_an_object() =>
        Assert.Equal(
            ["kustomization flux-system/apps True", "helmrelease shop/web True"],
            Marks(
                new()
                {
                    ["kustomize.toolkit.fluxcd.io/name"] = "apps",
                    ["kustomize.toolkit.fluxcd.io/namespace"] = "flux-system",
                    ["helm.toolkit.fluxcd.io/name"] = "web",
                    ["helm.toolkit.fluxcd.io/namespace"] = "shop",
                }
            )
        );

    [Theory]
    [InlineData("blog:apps/Deployment:shop/web", "application */blog True")]
    [InlineData("team_blog:apps/Deployment:shop/web", "application team/blog True")]
    // Copied from another object: Argo CD does not count it.
    [InlineData("blog:apps/Deployment:shop/api", null)]
    [InlineData("blog:batch/CronJob:shop/web", null)]
    [InlineData("blog", null)]
    [InlineData("_:apps/Deployment:shop/web", null)]
    public void A_tracking_id_counts_where_it_speaks_of_the_object_itself(string id, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], Marks([], new() { ["argocd.argoproj.io/tracking-id"] = id }));

    [Fact]
    public void The_label_that_Helm_sets_too_is_not_certain() =>
        Assert.Equal(["application */web False"], Marks(new() { ["app.kubernetes.io/instance"] = "web" }));

    /// <param name="place">The namespace of the owner.</param>
    /// <param name="applies">What it says that it applies.</param>
    /// <param name="into">Where it says that all of it goes.</param>
    /// <param name="believed">Whether a label of shop/web may name it.</param>
    [Theory]
    [InlineData("shop", "", null, true)]
    [InlineData("flux-system", "shop_web_apps_Deployment", null, true)]
    [InlineData("flux-system", "", "shop", true)]
    [InlineData("flux-system", "", null, false)]
    [InlineData("flux-system", "shop_api_apps_Deployment", "media", false)]
    [InlineData("flux-system", "shop_web_batch_CronJob", null, false)]
    public void An_owner_of_another_namespace_counts_only_where_it_says_itself_that_it_applies_the_workload(
        string place,
        string applies,
        string? into,
        bool believed
    ) =>
        Assert.Equal(
            believed,
            OwnerMark.IsOwner(
                new WorkloadView
                {
                    Ref = new("kustomize.toolkit.fluxcd.io/v1", "Kustomization", place, "apps"),
                    Uid = "2",
                    ResourceVersion = "1",
                    Applies = new AppliedObjects(applies.Split(' '), into),
                },
                new WorkloadView
                {
                    Ref = Web,
                    Uid = "1",
                    ResourceVersion = "1",
                }
            )
        );

    [Fact]
    public void Half_a_mark_is_none() => Assert.Empty(Marks(new() { ["kustomize.toolkit.fluxcd.io/name"] = "apps" }));

    [Fact]
    public void A_Kustomization_that_applies_itself_is_not_its_own_owner() =>
        Assert.Empty(
            OwnerMark.Of(
                new WorkloadView
                {
                    Ref = new("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", "flux-system"),
                    Uid = "1",
                    ResourceVersion = "1",
                    Labels = new Dictionary<string, string>
                    {
                        ["kustomize.toolkit.fluxcd.io/name"] = "flux-system",
                        ["kustomize.toolkit.fluxcd.io/namespace"] = "flux-system",
                    },
                }
            )
        );

    private static IEnumerable<string> Marks(
        Dictionary<string, string> labels,
        Dictionary<string, string>? annotations = null
    ) =>
        OwnerMark
            .Of(
                new WorkloadView
                {
                    Ref = Web,
                    Uid = "1",
                    ResourceVersion = "1",
                    Labels = labels,
                    Annotations = annotations ?? [],
                }
            )
            .Select(mark => $"{mark.Type.Name} {mark.Namespace ?? "*"}/{mark.Name} {mark.Certain}");
}
