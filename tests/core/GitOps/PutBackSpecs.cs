using System.Text.Json;
using Ebb.Core.GitOps;

namespace Ebb.Core.Tests.GitOps;

public sealed class PutBackSpecs
{
    [Theory]
    [InlineData("""{"ignoreApplicationDifferences":[{"jsonPointers":["/spec/syncPolicy"]}]}""")]
    [InlineData("""{"ignoreApplicationDifferences":[{"jqPathExpressions":[".spec.syncPolicy.automated"]}]}""")]
    [InlineData("""{"syncPolicy":{"applicationsSync":"create-only"}}""")]
    [InlineData("""{"syncPolicy":{"applicationsSync":"create-delete"}}""")]
    public void A_set_that_leaves_the_sync_policy_alone_is_no_doubt(string spec) => Assert.Null(Doubt(spec));

    [Theory]
    [InlineData("{}", "puts its automated sync back")]
    [InlineData("""{"ignoreApplicationDifferences":[{"jsonPointers":["/spec/source"]}]}""", "puts its automated")]
    // Of one Application only.
    [InlineData(
        """{"ignoreApplicationDifferences":[{"name":"a","jsonPointers":["/spec/syncPolicy"]}]}""",
        "puts its automated"
    )]
    [InlineData("""{"syncPolicy":{"applicationsSync":"sync"}}""", "puts its automated sync back")]
    [InlineData(null, "could not be read")]
    public void Any_other_is_told_as_what_may_undo_it(string? spec, string expected) =>
        Assert.Contains(expected, Doubt(spec), StringComparison.Ordinal);

    private static string? Doubt(string? spec) =>
        PutBack.BySet("ApplicationSet argocd/all", spec is null ? null : JsonDocument.Parse(spec).RootElement);
}
