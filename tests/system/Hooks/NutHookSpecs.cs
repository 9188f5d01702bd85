using Ebb.Core.Waves;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Hooks;

/// <summary>Hooks that are commands to a UPS, over the protocol of upsd.</summary>
public sealed class NutHookSpecs
{
    private static readonly Dictionary<string, string?> Admin = new(HookWorld.Hurried)
    {
        ["Tenancy__AdminNamespaces"] = "shop",
    };

    // admin, adminpw; monuser, secret: simulation/Ups/SimulatedUpsOptions.cs
    private static string Secret(string user, string password) =>
        $$"""

            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: upsd, namespace: shop}
            data: {username: {{Base64(user)}}, password: {{Base64(password)}}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: ebb-hooks, namespace: shop}
            rules: [{apiGroups: [""], resources: [secrets], resourceNames: [upsd], verbs: [get]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: ebb-hooks, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ebb-hooks}
            subjects: [{kind: ServiceAccount, name: ebb-operator, namespace: ebb-system}]
            """;

    [Theory]
    [InlineData("FSD", "admin", "adminpw", true, "accepted FSD")]
    [InlineData("FSD", "monuser", "secret", false, "refused FSD: user, password, or the user's instcmds and actions")]
    [InlineData("load.on", "admin", "adminpw", false, "accepted load.on")]
    [InlineData(
        "outlet.9.off",
        "admin",
        "adminpw",
        false,
        "refused outlet.9.off: the server answered ERR CMD-NOT-SUPPORTED"
    )]
    public async Task A_command_is_sent_once_as_the_user_of_the_Secret(
        string command,
        string user,
        string password,
        bool forced,
        string told
    )
    {
        await using var world = await World.StartAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        await world.Cluster.ApplyManifestAsync(
            HookWorld.Manifest(
                $$"""
                {type: nut, "on": [down],
                 nut: {ups: "nut://127.0.0.1:{{world.Ups.Port}}/{{world.Ups.Name}}", command: {{command}}, secret: upsd} }
                """.ReplaceLineEndings("")
            ) + Secret(user, password)
        );
        world.Clock.Advance(TimeSpan.FromSeconds(60));
        await using var ebb = EbbProcess.Start(world, Admin);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        await ebb.StepAsync();
        Assert.Contains(told, world.Reason(), StringComparison.Ordinal);
        Assert.DoesNotContain(password, $"{world.Reason()}{world.Run()}", StringComparison.Ordinal);
        Assert.Equal(forced, world.Ups.ForcedShutdown);
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
